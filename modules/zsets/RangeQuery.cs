using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>By what a range is given.</summary>
internal enum RangeKind
{
    /// <summary>Ranks, unless an option says otherwise.</summary>
    Any,

    /// <summary>Ranks.</summary>
    Rank,

    /// <summary>Scores.</summary>
    Score,

    /// <summary>Names.</summary>
    Lex,
}

/// <summary>What ZRANGE and its relatives are asked for: <c>key minimum maximum</c> and options.</summary>
internal sealed class RangeQuery
{
    private readonly MemberRange _range;
    private readonly bool _reverse;
    private readonly long _offset;
    private readonly long _limit;

    private RangeQuery(MemberRange range, in Options options)
    {
        _range = range;
        _reverse = options.Reverse;
        _offset = options.Offset;
        _limit = options.Limit < 0 ? long.MaxValue : options.Limit;
        WithScores = options.WithScores;
    }

    /// <summary>Whether the answer has scores.</summary>
    internal bool WithScores { get; }

    /// <summary>Whether ranks were given.</summary>
    internal bool IsByRank => _range is RankRange;

    /// <summary>The ranks of the members.</summary>
    internal ElementRange RanksIn(Zset zset) => _range.RanksIn(zset, _reverse, _offset, _limit);

    /// <summary>Goes through the members.</summary>
    internal RangeWalk WalkIn(Zset zset) => _range.WalkIn(zset, _reverse, _offset, _limit);

    /// <summary>Reads a query.</summary>
    /// <param name="args">The command.</param>
    /// <param name="key">Which argument is the key.</param>
    /// <param name="kind">What the command says of the range.</param>
    /// <param name="reverse">Whether the command goes backwards; null when an option may say so.</param>
    /// <param name="stores">Whether the command stores what it finds, and so has no answer with scores.</param>
    /// <param name="query">The query.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>False when something is.</returns>
    internal static bool TryParse(
        CommandArgs args, int key, RangeKind kind, bool? reverse, bool stores, out RangeQuery query, out Reply error)
    {
        query = null!;
        var options = new Options { Kind = kind, Reverse = reverse ?? false, Limit = -1 };
        for (int i = key + 3; i < args.Count; i++)
        {
            bool isReverseOpen = reverse is null && !options.Reverse;
            if (!options.TryRead(args, ref i, options.Kind == RangeKind.Any, isReverseOpen, stores, out error))
            {
                return false;
            }
        }

        if (options.Limit != -1 && options.Kind is RangeKind.Any or RangeKind.Rank)
        {
            error = Reply.Error(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"u8);
            return false;
        }

        if (options.WithScores && options.Kind == RangeKind.Lex)
        {
            error = Reply.Error("ERR syntax error, WITHSCORES not supported in combination with BYLEX"u8);
            return false;
        }

        // Backwards the maximum comes first; ranks are counted from the other end instead.
        bool isSwapped = options.Reverse && options.Kind is RangeKind.Score or RangeKind.Lex;
        ReadOnlySpan<byte> minimum = args[key + (isSwapped ? 2 : 1)];
        ReadOnlySpan<byte> maximum = args[key + (isSwapped ? 1 : 2)];
        if (!TryParseRange(options.Kind, minimum, maximum, out MemberRange? range, out error))
        {
            return false;
        }

        query = new RangeQuery(range!, options);
        return true;
    }

    /// <summary>Reads the ends of a range.</summary>
    internal static bool TryParseRange(
        RangeKind kind,
        ReadOnlySpan<byte> minimum,
        ReadOnlySpan<byte> maximum,
        out MemberRange? range,
        out Reply error)
    {
        error = default;
        switch (kind)
        {
            case RangeKind.Score:
                bool isScores = ScoreRange.TryParse(minimum, maximum, out ScoreRange scores);
                range = scores;
                error = isScores ? default : Reply.Error("ERR min or max is not a float"u8);
                return isScores;
            case RangeKind.Lex:
                bool isNames = LexRange.TryParse(minimum, maximum, out LexRange names);
                range = names;
                error = isNames ? default : Reply.Error("ERR min or max not valid string range item"u8);
                return isNames;
            default:
                bool isRanks = RedisNumber.TryParseInt64(minimum, out long start)
                    & RedisNumber.TryParseInt64(maximum, out long stop);
                range = new RankRange(start, stop);
                error = isRanks ? default : Reply.Error(RespErrors.NotInteger);
                return isRanks;
        }
    }

    private struct Options
    {
        internal RangeKind Kind;
        internal bool Reverse;
        internal bool WithScores;
        internal long Offset;
        internal long Limit;

        /// <summary>Reads the option at an argument, and goes on to its last.</summary>
        internal bool TryRead(
            CommandArgs args, scoped ref int at, bool isKindOpen, bool isReverseOpen, bool stores, out Reply error)
        {
            ReadOnlySpan<byte> word = args[at];
            error = default;
            if (!stores && Ascii.EqualsIgnoreCase(word, "WITHSCORES"u8))
            {
                WithScores = true;
            }
            else if (at + 2 < args.Count && Ascii.EqualsIgnoreCase(word, "LIMIT"u8))
            {
                bool isNumbers = RedisNumber.TryParseInt64(args[at + 1], out Offset)
                    & RedisNumber.TryParseInt64(args[at + 2], out Limit);
                error = isNumbers ? default : Reply.Error(RespErrors.NotInteger);
                at += 2;
            }
            else if (isReverseOpen && Ascii.EqualsIgnoreCase(word, "REV"u8))
            {
                Reverse = true;
            }
            else if (isKindOpen && Ascii.EqualsIgnoreCase(word, "BYLEX"u8))
            {
                Kind = RangeKind.Lex;
            }
            else if (isKindOpen && Ascii.EqualsIgnoreCase(word, "BYSCORE"u8))
            {
                Kind = RangeKind.Score;
            }
            else
            {
                error = Reply.SyntaxError;
            }

            return !error.IsError;
        }
    }
}
