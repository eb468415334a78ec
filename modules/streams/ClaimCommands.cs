using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>XCLAIM and XAUTOCLAIM: what is pending with one consumer for too long goes to another.</summary>
internal static class ClaimCommands
{
    /// <summary>Pending entries XAUTOCLAIM looks at for each it may return, as in Redis.</summary>
    private const long LooksPerEntry = 10;

    private const long CountMax = long.MaxValue / 16 / LooksPerEntry;

    internal static Reply Claim(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out StreamGroup? group, out Reply error))
        {
            return error;
        }

        if (!RedisNumber.TryParseInt64(call.Args[4], out long minIdle))
        {
            return Reply.Error("ERR Invalid min-idle-time argument for XCLAIM"u8);
        }

        if (!ClaimOptions.TryParse(call.Args, call.Now, out ClaimOptions options, out error))
        {
            return error;
        }

        if (options.LastId > group!.LastId)
        {
            group.Progress.Pass(call.Keyspace.Origin.Value, options.LastId, isComplete: true);
            group.Progress.Save(stream.Key);
        }

        StreamConsumer consumer = StreamConsumer.Of(call, stream, group, call.Args[3]);
        int mark = call.Writer.Length;
        long count = 0;
        for (int i = 0; i < options.Ids; i++)
        {
            StreamId.TryParse(call.Args[ClaimOptions.FirstId + i], 0, out StreamId id);
            List<byte[]> names = group.PendingWith(stream.Key, id);
            if (names.Count == 0 && options.Forces)
            {
                names = NamesOf(stream, group, id);
            }

            foreach (byte[] name in names)
            {
                count += TryClaim(call, stream, consumer, name, minIdle, options) ? 1 : 0;
            }
        }

        return Complete(call, stream, consumer, mark, count);
    }

    internal static Reply ClaimIdle(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[4], out long minIdle))
        {
            return Reply.Error("ERR Invalid min-idle-time argument for XAUTOCLAIM"u8);
        }

        if (!IdRange.TryParseStart(call.Args[5], out StreamId start, out Reply error) ||
            !TryParseOptions(call.Args, out long count, out bool justId, out error) ||
            !TryOpen(call, out StreamKey stream, out StreamGroup? group, out error))
        {
            return error;
        }

        StreamConsumer consumer = StreamConsumer.Of(call, stream, group!, call.Args[3]);
        List<byte[]> idle = FindIdle(call, stream, group!, start, minIdle, count, out StreamId next);
        call.Writer.Array(3);
        EntryFields.Answer(call.Writer, next);
        int mark = call.Writer.Length;
        List<StreamId> gone = [];
        long taken = 0;
        foreach (byte[] name in idle)
        {
            if (TryGive(call, stream, consumer, name, call.Now, null, justId))
            {
                taken++;
            }
            else
            {
                gone.Add(StreamRecords.PendingId(name));
            }
        }

        Complete(call, stream, consumer, mark, taken);
        call.Writer.Array(gone.Count);
        foreach (StreamId id in gone)
        {
            EntryFields.Answer(call.Writer, id);
        }

        return Reply.Written;
    }

    private static Reply Complete(
        in CommandCall call, StreamKey stream, StreamConsumer consumer, int mark, long count)
    {
        consumer.MarkSeen(stream.Key, call.Now, isActive: count > 0);
        call.Writer.ArraySince(mark, count);
        return Reply.Written;
    }

    private static bool TryOpen(
        scoped in CommandCall call, out StreamKey stream, out StreamGroup? group, out Reply error)
    {
        group = null;
        if (!StreamKey.TryOpen(call, call.Args[1], out stream))
        {
            error = Reply.WrongType;
            return false;
        }

        group = StreamGroup.Find(stream.Key, call.Args[2]);
        error = group is null ? StreamErrors.NoKeyOrGroup(call.Args[1], call.Args[2]) : default;
        return group is not null;
    }

    private static bool TryParseOptions(CommandArgs args, out long count, out bool justId, out Reply error)
    {
        count = 100;
        justId = false;
        error = default;
        for (int i = 6; i < args.Count; i++)
        {
            if (args[i].Is("COUNT"u8) && i + 1 < args.Count)
            {
                bool isNumber = RedisNumber.TryParseInt64(args[++i], out count);
                if (!isNumber || count < 1 || count > CountMax)
                {
                    error = Reply.Error("ERR COUNT must be > 0"u8);
                    return false;
                }
            }
            else if (args[i].Is("JUSTID"u8))
            {
                justId = true;
            }
            else
            {
                error = Reply.SyntaxError;
                return false;
            }
        }

        return true;
    }

    /// <summary>The names pending records of the entries with an id would have.</summary>
    private static List<byte[]> NamesOf(StreamKey stream, StreamGroup group, StreamId id)
    {
        List<byte[]> names = [];
        EntryWalk walk = EntryWalk.At(stream.Key, id);
        while (walk.MoveNext())
        {
            names.Add(StreamRecords.PendingName(group.Prefix, id, walk.Origin));
        }

        return names;
    }

    private static bool TryClaim(
        in CommandCall call,
        StreamKey stream,
        StreamConsumer consumer,
        byte[] name,
        long minIdle,
        in ClaimOptions options)
    {
        bool isPending = stream.Key.TryGet(StreamRecords.Pending, name, out ElementValue value);
        bool isIdle = !isPending || PendingEntry.Decode(value.Payload).Idle(call.Now) >= minIdle;
        bool exists = stream.TryGet(StreamRecords.PendingOrigin(name), StreamRecords.PendingId(name), out _);

        // What was removed from the stream is no longer pending either, however short it has been.
        return (!exists || isIdle) &&
            TryGive(call, stream, consumer, name, options.DeliveredAt, options.Deliveries, options.JustId);
    }

    /// <summary>Gives a pending entry to a consumer and answers with it; one that was removed is no longer pending.
    /// </summary>
    private static bool TryGive(
        in CommandCall call,
        StreamKey stream,
        StreamConsumer consumer,
        byte[] name,
        long deliveredAt,
        long? deliveries,
        bool justId)
    {
        StreamId id = StreamRecords.PendingId(name);
        if (!stream.TryGet(StreamRecords.PendingOrigin(name), id, out ElementValue entry))
        {
            stream.Key.Remove(StreamRecords.Pending, name);
            return false;
        }

        if (justId)
        {
            EntryFields.Answer(call.Writer, id);
        }
        else
        {
            EntryFields.Answer(call.Writer, id, entry.Payload);
        }

        // An entry that is forced to be pending counts as delivered once before.
        ulong before = stream.Key.TryGet(StreamRecords.Pending, name, out ElementValue value)
            ? PendingEntry.Decode(value.Payload).Deliveries
            : 1;
        ulong after = deliveries is { } set ? (ulong)set : justId ? before : before + 1;
        stream.Key.Put(
            StreamRecords.Pending, name, new PendingEntry(deliveredAt, after).ToPayload(consumer.Name));
        return true;
    }

    /// <summary>Finds what is pending for long enough, or no longer there, from an id on.</summary>
    /// <param name="call">The call.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="group">The group.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="minIdle">Milliseconds that are long enough.</param>
    /// <param name="count">How many to find.</param>
    /// <param name="next">Where to go on, zero at the end.</param>
    private static List<byte[]> FindIdle(
        in CommandCall call,
        StreamKey stream,
        StreamGroup group,
        StreamId start,
        long minIdle,
        long count,
        out StreamId next)
    {
        List<byte[]> found = [];
        long looks = count * LooksPerEntry;
        next = StreamId.Zero;
        ElementCursor walk = group.ScanPending(stream.Key, start);
        while (walk.MoveNext() && group.IsPending(walk))
        {
            StreamId id = StreamRecords.PendingId(walk.Element);
            if (looks-- == 0 || found.Count == count)
            {
                next = id;
                break;
            }

            bool exists = stream.TryGet(StreamRecords.PendingOrigin(walk.Element), id, out _);
            if (!exists || PendingEntry.Decode(walk.Value.Payload).Idle(call.Now) >= minIdle)
            {
                found.Add(walk.Element.ToArray());
            }
        }

        return found;
    }
}
