using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>ZADD, ZINCRBY, ZREM, ZSCORE, ZMSCORE, ZCARD.</summary>
internal static class ZsetMembers
{
    internal static Reply Add(in CommandCall call) => Add(call, increments: false);

    internal static Reply Increment(in CommandCall call) => Add(call, increments: true);

    internal static Reply Remove(in CommandCall call)
    {
        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        long removed = 0;
        for (int i = 2; i < call.Args.Count; i++)
        {
            removed += zset.Remove(call.Args[i]) ? 1 : 0;
        }

        if (removed > 0)
        {
            NotifyTaken(call, zset, "zrem");
        }

        return Reply.Integer(removed);
    }

    internal static Reply ScoreOf(in CommandCall call)
    {
        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        if (!zset.TryGetScore(call.Args[2], out double score))
        {
            return Reply.Nil;
        }

        call.Writer.Double(score);
        return Reply.Written;
    }

    internal static Reply ScoreOfEach(in CommandCall call)
    {
        if (!Zset.TryOpen(call, call.Args[1], out Zset zset))
        {
            return Reply.WrongType;
        }

        call.Writer.Array(call.Args.Count - 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (zset.TryGetScore(call.Args[i], out double score))
            {
                call.Writer.Double(score);
            }
            else
            {
                call.Writer.Nil();
            }
        }

        return Reply.Written;
    }

    internal static Reply Count(in CommandCall call) => Zset.TryOpen(call, call.Args[1], out Zset zset)
        ? Reply.Integer(zset.Count)
        : Reply.WrongType;

    /// <summary>Tells that members were taken out, and that the sorted set is gone if they were the last.</summary>
    internal static void NotifyTaken(in CommandCall call, Zset zset, string eventName)
    {
        call.Keyspace.Notify(KeyspaceEvents.SortedSet, eventName, zset.Key.Name);
        if (!zset.Exists)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", zset.Key.Name);
        }
    }

    private static Reply Add(in CommandCall call, bool increments)
    {
        if (!AddOptions.TryParse(call.Args, increments, out AddOptions options, out int first, out Reply error))
        {
            return error;
        }

        double[] scores = new double[(call.Args.Count - first) / 2];
        for (int i = 0; i < scores.Length; i++)
        {
            if (!RedisNumber.TryParseDouble(call.Args[first + (2 * i)], out scores[i]))
            {
                return Reply.Error(RespErrors.NotFloat);
            }
        }

        return !Zset.TryOpen(call, call.Args[1], out Zset zset) ? Reply.WrongType
            : options.Increments ? AddTo(call, zset, options, call.Args[first + 1], scores[0])
            : Add(call, zset, options, first, scores);
    }

    private static Reply Add(in CommandCall call, Zset zset, AddOptions options, int first, double[] scores)
    {
        long added = 0;
        long changed = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            ReadOnlySpan<byte> member = call.Args[first + (2 * i) + 1];
            bool isThere = zset.TryGetScore(member, out double current);
            if (options.Allow(isThere, current, scores[i]))
            {
                added += isThere ? 0 : 1;
                changed += isThere && scores[i] != current ? 1 : 0;
                zset.Put(member, scores[i], options.Mark);
            }
        }

        if (added + changed > 0)
        {
            call.Keyspace.Notify(KeyspaceEvents.SortedSet, "zadd", zset.Key.Name);
        }

        return Reply.Integer(options.CountsChanged ? added + changed : added);
    }

    private static Reply AddTo(
        in CommandCall call, Zset zset, AddOptions options, ReadOnlySpan<byte> member, double increment)
    {
        bool isThere = zset.TryGetScore(member, out double current);
        double score = isThere ? current + increment : increment;
        if (!options.Allow(isThere, current, score))
        {
            return Reply.Nil;
        }

        if (double.IsNaN(score))
        {
            return Reply.Error("ERR resulting score is not a number (NaN)"u8);
        }

        if (!isThere || score != current)
        {
            zset.Increase(member, score);
            call.Keyspace.Notify(KeyspaceEvents.SortedSet, "zincr", zset.Key.Name);
        }

        call.Writer.Double(Score.Normal(score));
        return Reply.Written;
    }
}
