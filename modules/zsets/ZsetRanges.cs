using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>ZRANGE with its relatives, ZRANGESTORE, ZCOUNT, ZLEXCOUNT and ZREMRANGEBY*.</summary>
internal static class ZsetRanges
{
    /// <summary>What is answered from memory in any case.</summary>
    private const int MembersInShortAnswer = 1_000;

    internal static Reply Range(in CommandCall call) => Answer(call, RangeKind.Any, reverse: null);

    internal static Reply RangeReversed(in CommandCall call) => Answer(call, RangeKind.Rank, reverse: true);

    internal static Reply RangeByScore(in CommandCall call) => Answer(call, RangeKind.Score, reverse: false);

    internal static Reply RangeByScoreReversed(in CommandCall call) => Answer(call, RangeKind.Score, reverse: true);

    internal static Reply RangeByLex(in CommandCall call) => Answer(call, RangeKind.Lex, reverse: false);

    internal static Reply RangeByLexReversed(in CommandCall call) => Answer(call, RangeKind.Lex, reverse: true);

    internal static Reply CountByScore(in CommandCall call) => Count(call, RangeKind.Score);

    internal static Reply CountByLex(in CommandCall call) => Count(call, RangeKind.Lex);

    internal static Reply RemoveByRank(in CommandCall call) => Remove(call, RangeKind.Rank, "zremrangebyrank");

    internal static Reply RemoveByScore(in CommandCall call) => Remove(call, RangeKind.Score, "zremrangebyscore");

    internal static Reply RemoveByLex(in CommandCall call) => Remove(call, RangeKind.Lex, "zremrangebylex");

    internal static Reply Store(in CommandCall call)
    {
        if (!RangeQuery.TryParse(
            call.Args, key: 2, RangeKind.Any, reverse: null, stores: true, out RangeQuery query, out Reply error))
        {
            return error;
        }

        return Zset.TryOpen(call, call.Args[2], out Zset zset)
            ? ZsetStore.Replace(call, call.Args[1], ScoredMembers.From(query.WalkIn(zset)), "zrangestore")
            : Reply.WrongType;
    }

    private static Reply Answer(in CommandCall call, RangeKind kind, bool? reverse)
    {
        if (!RangeQuery.TryParse(
            call.Args, key: 1, kind, reverse, stores: false, out RangeQuery query, out Reply error))
        {
            return error;
        }

        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        if (!query.IsByRank && TryAnswerShort(call, zset, query))
        {
            return Reply.Written;
        }

        ElementRange ranks = query.RanksIn(zset);
        return query.WithScores
            ? call.WriteElements(zset.Key, ZsetRecord.Index, ranks, BeginWithScores, WriteWithScore)
            : call.WriteElements(zset.Key, ZsetRecord.Index, ranks, Begin, Write);
    }

    /// <summary>Answers with few members as they are found. Where there are many it is worth to find out their ranks, for
    /// the answer begins with their number, and then need not be in memory as a whole.</summary>
    /// <returns>False when there are many.</returns>
    private static bool TryAnswerShort(in CommandCall call, Zset zset, RangeQuery query)
    {
        int mark = call.Writer.Length;
        RangeWalk walk = query.WalkIn(zset);
        long count = 0;
        while (walk.MoveNext())
        {
            if (count++ == MembersInShortAnswer)
            {
                call.Writer.RollBackTo(mark);
                return false;
            }

            ScoredAnswer.Write(call.Writer, walk.Member, walk.Score, query.WithScores);
        }

        ScoredAnswer.Complete(call.Writer, mark, count, query.WithScores);
        return true;
    }

    private static void Begin(RespWriter writer, long members) => ScoredAnswer.Begin(writer, members, withScores: false);

    private static void BeginWithScores(RespWriter writer, long members) =>
        ScoredAnswer.Begin(writer, members, withScores: true);

    private static void Write(RespWriter writer, ReadOnlySpan<byte> entry, in ElementValue none) =>
        ScoredAnswer.Write(writer, ScoreEntry.MemberIn(entry), score: 0, withScores: false);

    private static void WriteWithScore(RespWriter writer, ReadOnlySpan<byte> entry, in ElementValue none) =>
        ScoredAnswer.Write(writer, ScoreEntry.MemberIn(entry), ScoreEntry.ScoreIn(entry), withScores: true);

    private static Reply Count(in CommandCall call, RangeKind kind) =>
        !RangeQuery.TryParseRange(kind, call.Args[2], call.Args[3], out MemberRange? range, out Reply error) ? error
            : Zset.TryOpen(call, call.Args[1], out Zset zset) ? Reply.Integer(range!.CountIn(zset))
            : Reply.WrongType;

    private static Reply Remove(in CommandCall call, RangeKind kind, string eventName)
    {
        if (!RangeQuery.TryParseRange(kind, call.Args[2], call.Args[3], out MemberRange? range, out Reply error))
        {
            return error;
        }

        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        ScoredMembers found = ScoredMembers.From(range!.WalkIn(zset, reverse: false));
        zset.RemoveAll(found);
        if (found.Count > 0)
        {
            ZsetMembers.NotifyTaken(call, zset, eventName);
        }

        return Reply.Integer(found.Count);
    }
}
