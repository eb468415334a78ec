using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>XACK and XPENDING.</summary>
internal static class PendingCommands
{
    internal static Reply Acknowledge(in CommandCall call)
    {
        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (StreamGroup.Find(stream.Key, call.Args[2]) is not { } group)
        {
            return Reply.Integer(0);
        }

        var ids = new StreamId[call.Args.Count - 3];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!StreamId.TryParse(call.Args[i + 3], 0, out ids[i]))
            {
                return StreamErrors.InvalidId;
            }
        }

        long acknowledged = 0;
        foreach (StreamId id in ids)
        {
            List<byte[]> pending = group.PendingWith(stream.Key, id);
            foreach (byte[] name in pending)
            {
                // A claim elsewhere that has not heard of it comes too late.
                stream.Key.RemoveFinally(StreamRecords.Pending, name);
                if (!call.Keyspace.IsAlone)
                {
                    group.Vouch(stream.Key, StreamRecords.PendingOrigin(name), call.Keyspace.Origin);
                }
            }

            acknowledged += pending.Count > 0 ? 1 : 0;
        }

        return Reply.Integer(acknowledged);
    }

    internal static Reply Pending(in CommandCall call)
    {
        if (!PendingOptions.TryParse(call.Args, out PendingOptions options, out Reply error))
        {
            return error;
        }

        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (StreamGroup.Find(stream.Key, call.Args[2]) is not { } group)
        {
            return StreamErrors.NoKeyOrGroup(call.Args[1], call.Args[2]);
        }

        return options.IsSummary ? Summarize(call, stream, group)
            : options.Consumer == 0 ? List(call, stream, group, options)
            : ListOf(call, stream, group, options);
    }

    private static Reply Summarize(in CommandCall call, StreamKey stream, StreamGroup group)
    {
        RespWriter writer = call.Writer;
        long count = group.PendingCount(stream.Key);
        ElementCursor first = group.ScanPending(stream.Key, StreamId.Zero);
        writer.Array(4);
        writer.Integer(count);
        if (count == 0 || !first.MoveNext())
        {
            writer.Nil();
            writer.Nil();
            writer.NilArray();
            return Reply.Written;
        }

        EntryFields.Answer(writer, StreamRecords.PendingId(first.Element));
        ElementCursor last = stream.Key.Scan(
            StreamRecords.Pending, StreamRecords.PendingName(group.Prefix, StreamId.Max, uint.MaxValue), reverse: true);
        EntryFields.Answer(writer, last.MoveNext() ? StreamRecords.PendingId(last.Element) : StreamId.Zero);
        List<(byte[] Name, long Count)> consumers = [];
        foreach (StreamConsumer consumer in group.Consumers(stream.Key))
        {
            consumers.Add((consumer.Name, consumer.PendingCount(stream.Key)));
        }

        consumers.RemoveAll(static consumer => consumer.Count == 0);
        writer.Array(consumers.Count);
        foreach ((byte[] name, long pending) in consumers)
        {
            writer.Array(2);
            writer.Bulk(name);
            writer.BulkInteger(pending);
        }

        return Reply.Written;
    }

    private static Reply List(in CommandCall call, StreamKey stream, StreamGroup group, scoped in PendingOptions options)
    {
        int mark = call.Writer.Length;
        long count = 0;
        ElementCursor walk = group.ScanPending(stream.Key, options.Range.Start);
        while (count < options.Count && walk.MoveNext() && group.IsPending(walk) &&
            StreamRecords.PendingId(walk.Element) <= options.Range.End)
        {
            count += TryAnswer(call.Writer, call.Now, walk.Element, walk.Value.Payload, options.MinIdle) ? 1 : 0;
        }

        call.Writer.ArraySince(mark, count);
        return Reply.Written;
    }

    private static Reply ListOf(in CommandCall call, StreamKey stream, StreamGroup group, scoped in PendingOptions options)
    {
        if (StreamConsumer.Find(stream.Key, group, call.Args[options.Consumer]) is not { } consumer)
        {
            return Reply.EmptyArray;
        }

        int mark = call.Writer.Length;
        long count = 0;
        foreach ((StreamId id, uint origin) in
            consumer.Pending(stream.Key, options.Range.Start, options.Range.End, int.MaxValue))
        {
            byte[] name = StreamRecords.PendingName(group.Prefix, id, origin);
            if (count < options.Count && stream.Key.TryGet(StreamRecords.Pending, name, out ElementValue value))
            {
                count += TryAnswer(call.Writer, call.Now, name, value.Payload, options.MinIdle) ? 1 : 0;
            }
        }

        call.Writer.ArraySince(mark, count);
        return Reply.Written;
    }

    private static bool TryAnswer(
        RespWriter list, long now, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, long minIdle)
    {
        PendingEntry pending = PendingEntry.Decode(payload);
        if (pending.Idle(now) < minIdle)
        {
            return false;
        }

        list.Array(4);
        EntryFields.Answer(list, StreamRecords.PendingId(name));
        list.Bulk(PendingEntry.ConsumerIn(payload));
        list.Integer(pending.Idle(now));
        list.Integer((long)pending.Deliveries);
        return true;
    }
}

/// <summary>What XPENDING is asked for: <c>[[IDLE milliseconds] start end count [consumer]]</c>.</summary>
internal struct PendingOptions
{
    /// <summary>Figures instead of a list.</summary>
    internal bool IsSummary { get; private set; }

    internal long MinIdle { get; private set; }

    internal IdRange Range { get; private set; }

    internal long Count { get; private set; }

    /// <summary>The argument that names a consumer, 0 for all.</summary>
    internal int Consumer { get; private set; }

    internal static bool TryParse(CommandArgs args, out PendingOptions options, out Reply error)
    {
        options = new PendingOptions { IsSummary = args.Count == 3 };
        error = default;
        if (options.IsSummary)
        {
            return true;
        }

        error = Reply.SyntaxError;
        if (args.Count is < 6 or > 9)
        {
            return false;
        }

        int first = 3;
        if (args[3].Is("IDLE"u8))
        {
            if (!RedisNumber.TryParseInt64(args[4], out long minIdle))
            {
                error = Reply.Error(RespErrors.NotInteger);
                return false;
            }

            if (args.Count < 8)
            {
                return false;
            }

            options.MinIdle = minIdle;
            first = 5;
        }

        if (!RedisNumber.TryParseInt64(args[first + 2], out long count))
        {
            error = Reply.Error(RespErrors.NotInteger);
            return false;
        }

        options.Count = count;
        options.Consumer = first + 3 < args.Count ? first + 3 : 0;
        bool isRange = IdRange.TryParse(args[first], args[first + 1], out IdRange range, out error);
        options.Range = range;
        return isRange;
    }
}
