using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>ZPOPMIN, ZPOPMAX, ZMPOP, and their forms that wait.</summary>
internal static class ZsetPops
{
    internal static Reply PopLowest(in CommandCall call) => Pop(call, highest: false);

    internal static Reply PopHighest(in CommandCall call) => Pop(call, highest: true);

    internal static Reply WaitForLowest(in CommandCall call) => Wait(call, highest: false);

    internal static Reply WaitForHighest(in CommandCall call) => Wait(call, highest: true);

    /// <summary>ZMPOP: members of the first sorted set that has some.</summary>
    internal static Reply PopFromMany(in CommandCall call)
    {
        if (!PopManyQuery.TryParse(call.Args, count: 1, out PopManyQuery query, out Reply error))
        {
            return error;
        }

        return TryPopFirst(call, query, out Reply reply) ? reply : Reply.NilArray;
    }

    /// <summary>BZMPOP.</summary>
    internal static Reply WaitForMany(in CommandCall call)
    {
        if (!PopManyQuery.TryParse(call.Args, count: 2, out PopManyQuery query, out Reply error) ||
            !WaitTimeout.TryParseSeconds(call.Args[1], call.Now, out long milliseconds, out error))
        {
            return error;
        }

        return PopOrWait(call, query, milliseconds);
    }

    private static Reply Pop(in CommandCall call, bool highest)
    {
        if (call.Args.Count > 3)
        {
            return Reply.SyntaxError;
        }

        bool isCounted = call.Args.Count == 3;
        long wanted = 1;
        if (isCounted && (!RedisNumber.TryParseInt64(call.Args[2], out wanted) || wanted < 0))
        {
            return Reply.Error(RespErrors.NotPositive);
        }

        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        if (!isCounted)
        {
            return TryTakeOne(call, zset, highest) ? Reply.Written : Reply.EmptyArray;
        }

        Take(call, zset, highest, wanted).WriteTo(call.Writer, withScores: true);
        return Reply.Written;
    }

    /// <summary>Takes one member and writes it. It is not a pair of its own, even in RESP3.</summary>
    /// <returns>False when there is none.</returns>
    private static bool TryTakeOne(in CommandCall call, Zset zset, bool highest)
    {
        ElementCursor walk = zset.Walk(reverse: highest);
        if (!walk.MoveNext())
        {
            return false;
        }

        ReadOnlySpan<byte> member = ScoreEntry.MemberIn(walk.Element);
        call.Writer.Array(2);
        call.Writer.Bulk(member);
        call.Writer.Double(ScoreEntry.ScoreIn(walk.Element));
        zset.Remove(member);
        NotifyTaken(call, zset, highest);
        return true;
    }

    private static Reply Wait(in CommandCall call, bool highest)
    {
        if (!WaitTimeout.TryParseSeconds(call.Args[^1], call.Now, out long milliseconds, out Reply error))
        {
            return error;
        }

        var query = new PopManyQuery(1, call.Args.Count - 2, highest, Wanted: 1, IsNested: false);
        return PopOrWait(call, query, milliseconds);
    }

    private static Reply PopOrWait(in CommandCall call, PopManyQuery query, long milliseconds)
    {
        // Who waited too long gets nothing, even if something has come this very moment: others may wait for it too.
        bool hasWaited = call.Retry == CallRetry.TimedOut;
        if (hasWaited && !call.Session.InTransaction)
        {
            return Reply.NilArray;
        }

        return TryPopFirst(call, query, out Reply reply) ? reply
            : hasWaited ? Reply.NilArray
            : Reply.WaitForKeys(milliseconds, ZsetRecord.Type);
    }

    /// <summary>Takes members of the first sorted set that has some.</summary>
    /// <returns>False when none has.</returns>
    private static bool TryPopFirst(in CommandCall call, PopManyQuery query, out Reply reply)
    {
        reply = Reply.Written;
        for (int i = query.FirstKey; i < query.FirstKey + query.Keys; i++)
        {
            if (!Zset.TryOpen(call, call.Args[i], out Zset zset))
            {
                reply = Reply.WrongType;
                return true;
            }

            if (!zset.Exists)
            {
                continue;
            }

            ScoredMembers taken = Take(call, zset, query.Highest, query.Wanted);
            WriteWithKey(call.Writer, call.Args[i], taken, query.IsNested);
            return true;
        }

        return false;
    }

    private static ScoredMembers Take(in CommandCall call, Zset zset, bool highest, long wanted)
    {
        ScoredMembers taken = ScoredMembers.From(
            new RangeWalk(zset.Walk(reverse: highest), Math.Min(wanted, zset.Count)));
        zset.RemoveAll(taken);
        if (taken.Count > 0)
        {
            NotifyTaken(call, zset, highest);
        }

        return taken;
    }

    private static void NotifyTaken(in CommandCall call, Zset zset, bool highest) =>
        ZsetMembers.NotifyTaken(call, zset, highest ? "zpopmax" : "zpopmin");

    private static void WriteWithKey(RespWriter writer, ReadOnlySpan<byte> key, ScoredMembers taken, bool isNested)
    {
        writer.Array(isNested ? 2 : 1 + (2 * taken.Count));
        writer.Bulk(key);
        if (isNested)
        {
            writer.Array(taken.Count);
        }

        for (int i = 0; i < taken.Count; i++)
        {
            if (isNested)
            {
                writer.Array(2);
            }

            writer.Bulk(taken.MemberAt(i));
            writer.Double(taken.ScoreAt(i));
        }
    }
}

/// <summary>From which sorted sets to take what.</summary>
/// <param name="FirstKey">The argument that names the first.</param>
/// <param name="Keys">How many there are.</param>
/// <param name="Highest">Whether the highest scores are wanted.</param>
/// <param name="Wanted">How many members.</param>
/// <param name="IsNested">Whether the answer has an array for each.</param>
internal sealed record PopManyQuery(int FirstKey, int Keys, bool Highest, long Wanted, bool IsNested)
{
    /// <summary>Reads <c>numkeys key [key ...] MIN|MAX [COUNT count]</c>.</summary>
    /// <param name="args">The command.</param>
    /// <param name="count">Which argument is the number of keys.</param>
    /// <param name="query">What is wanted.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>False when something is.</returns>
    internal static bool TryParse(CommandArgs args, int count, out PopManyQuery query, out Reply error)
    {
        query = null!;
        if (!RedisNumber.TryParseInt64(args[count], out long keys) || keys < 1)
        {
            error = Reply.Error("ERR numkeys should be greater than 0"u8);
            return false;
        }

        error = Reply.SyntaxError;
        if (keys >= args.Count - count - 1)
        {
            return false;
        }

        int where = count + 1 + (int)keys;
        bool highest = Ascii.EqualsIgnoreCase(args[where], "MAX"u8);
        bool isCounted = args.Count == where + 3 && Ascii.EqualsIgnoreCase(args[where + 1], "COUNT"u8);
        if ((!highest && !Ascii.EqualsIgnoreCase(args[where], "MIN"u8)) || (args.Count > where + 1 && !isCounted))
        {
            return false;
        }

        long wanted = 1;
        if (isCounted && (!RedisNumber.TryParseInt64(args[where + 2], out wanted) || wanted < 1))
        {
            error = Reply.Error("ERR count should be greater than 0"u8);
            return false;
        }

        query = new PopManyQuery(count + 1, (int)keys, highest, wanted, IsNested: true);
        return true;
    }
}
