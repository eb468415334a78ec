using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>What decides which entries a trim removes.</summary>
internal enum TrimStrategy
{
    /// <summary>None goes.</summary>
    None,

    /// <summary>The oldest beyond a number.</summary>
    MaxLength,

    /// <summary>Those below an id.</summary>
    MinId,
}

/// <summary>The trimming options of XADD and XTRIM:
/// <c>MAXLEN|MINID [=|~] threshold [LIMIT count]</c>.</summary>
internal struct TrimOptions
{
    /// <summary>Redis's <c>stream-node-max-entries</c>: what an approximate trim removes at a time.</summary>
    internal const int NodeEntriesMax = 100;

    private const long ApproximateLimit = 100 * NodeEntriesMax;

    private bool _hasLimit;

    internal TrimStrategy Strategy { get; private set; }

    internal long MaxLength { get; private set; }

    internal StreamId MinId { get; private set; }

    internal bool IsApproximate { get; private set; }

    /// <summary>Entries one trim removes at most, 0 for any number.</summary>
    internal long Limit { get; private set; }

    /// <summary>How many of the entries that should go may go: an approximate trim removes whole nodes.</summary>
    internal readonly long Allowed(long excess)
    {
        if (!IsApproximate)
        {
            return excess;
        }

        long allowed = Limit > 0 ? Math.Min(excess, Limit) : excess;
        return allowed - (allowed % NodeEntriesMax);
    }

    /// <summary>Takes one option, if it is one.</summary>
    /// <param name="args">The command.</param>
    /// <param name="index">The option; moved to the last of its arguments.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <returns>False when it is none, or wrong.</returns>
    internal bool TryTake(CommandArgs args, scoped ref int index, out Reply error)
    {
        error = default;
        bool hasMore = index + 1 < args.Count;
        if (hasMore && args[index].Is("MAXLEN"u8))
        {
            return TryTakeThreshold(args, ref index, TrimStrategy.MaxLength, out error);
        }

        if (hasMore && args[index].Is("MINID"u8))
        {
            return TryTakeThreshold(args, ref index, TrimStrategy.MinId, out error);
        }

        if (!hasMore || !args[index].Is("LIMIT"u8))
        {
            return false;
        }

        if (!RedisNumber.TryParseInt64(args[++index], out long limit))
        {
            error = Reply.Error(RespErrors.NotInteger);
        }
        else if (limit < 0)
        {
            error = Reply.Error("ERR The LIMIT argument must be >= 0."u8);
        }

        Limit = limit;
        _hasLimit = true;
        return !error.IsError;
    }

    /// <summary>Checks what the options say together.</summary>
    /// <param name="isTrim">Whether there has to be a strategy.</param>
    /// <param name="error">What is wrong.</param>
    internal bool TryComplete(bool isTrim, out Reply error)
    {
        error = default;
        if (Limit > 0 && Strategy == TrimStrategy.None)
        {
            error = Reply.Error("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"u8);
        }
        else if (isTrim && Strategy == TrimStrategy.None)
        {
            error = Reply.Error("ERR syntax error, XTRIM must be called with a trimming strategy"u8);
        }
        else if (_hasLimit && !IsApproximate)
        {
            error = Reply.Error("ERR syntax error, LIMIT cannot be used without the special ~ option"u8);
        }

        Limit = IsApproximate && !_hasLimit ? ApproximateLimit : Limit;
        return !error.IsError;
    }

    private bool TryTakeThreshold(CommandArgs args, scoped ref int index, TrimStrategy strategy, out Reply error)
    {
        error = default;
        if (Strategy != TrimStrategy.None)
        {
            error = Reply.Error("ERR syntax error, MAXLEN and MINID options at the same time are not compatible"u8);
            return false;
        }

        Strategy = strategy;
        index++;
        if (index + 1 < args.Count && (args[index].SequenceEqual("~"u8) || args[index].SequenceEqual("="u8)))
        {
            IsApproximate = args[index][0] == (byte)'~';
            index++;
        }

        if (strategy == TrimStrategy.MinId)
        {
            bool isId = StreamId.TryParse(args[index], 0, out StreamId minId);
            MinId = minId;
            error = isId ? default : StreamErrors.InvalidId;
            return isId;
        }

        bool isNumber = RedisNumber.TryParseInt64(args[index], out long length);
        MaxLength = length;
        error = !isNumber ? Reply.Error(RespErrors.NotInteger)
            : length < 0 ? Reply.Error("ERR The MAXLEN argument must be >= 0."u8)
            : default;
        return !error.IsError;
    }
}
