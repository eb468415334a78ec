using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>The subcommands of XINFO.</summary>
internal static class StreamInfo
{
    private const long FullCount = 10;

    internal static Reply Stream(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out Reply error) ||
            !TryParse(call.Args, out bool isFull, out long count, out error))
        {
            return error;
        }

        RespWriter writer = call.Writer;
        long length = stream.Length;
        StreamHead head = stream.Head;
        writer.Map(isFull ? 9 : 10);
        Write(writer, "length", length);

        // Of the tree Redis would have: a node for every hundred entries.
        long nodes = (length + TrimOptions.NodeEntriesMax - 1) / TrimOptions.NodeEntriesMax;
        Write(writer, "radix-tree-keys", nodes);
        Write(writer, "radix-tree-nodes", nodes + 1);
        Write(writer, "last-generated-id", stream.LastId);
        Write(writer, "max-deleted-entry-id", head.DeletedId);
        Write(writer, "entries-added", stream.EntriesAdded);
        Write(writer, "recorded-first-entry-id", stream.OldestId);
        if (isFull)
        {
            writer.Bulk("entries");
            StreamRanges.Answer(writer, EntryWalk.Forward(stream.Key, StreamId.Zero, StreamId.Max), count);
            writer.Bulk("groups");
            WriteGroupsInFull(writer, stream, count);
            return Reply.Written;
        }

        Write(writer, "groups", StreamGroup.NamesIn(stream.Key).Count);
        writer.Bulk("first-entry");
        WriteFirst(writer, EntryWalk.Forward(stream.Key, StreamId.Zero, StreamId.Max));
        writer.Bulk("last-entry");
        WriteFirst(writer, EntryWalk.Backward(stream.Key, StreamId.Max, StreamId.Zero));
        return Reply.Written;
    }

    internal static Reply Groups(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out Reply error))
        {
            return error;
        }

        RespWriter writer = call.Writer;
        List<byte[]> names = StreamGroup.NamesIn(stream.Key);
        writer.Array(names.Count);
        var lag = StreamLag.Of(stream);
        foreach (byte[] name in names)
        {
            StreamGroup group = StreamGroup.Find(stream.Key, name)!;
            writer.Map(6);
            writer.Bulk("name");
            writer.Bulk(name);
            Write(writer, "consumers", group.ConsumerCount(stream.Key));
            Write(writer, "pending", group.PendingCount(stream.Key));
            WriteProgress(writer, group, lag);
        }

        return Reply.Written;
    }

    internal static Reply Consumers(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out Reply error))
        {
            return error;
        }

        if (StreamGroup.Find(stream.Key, call.Args[3]) is not { } group)
        {
            return StreamErrors.NoGroup(call.Args[2], call.Args[3]);
        }

        RespWriter writer = call.Writer;
        List<StreamConsumer> consumers = group.Consumers(stream.Key);
        writer.Array(consumers.Count);
        foreach (StreamConsumer consumer in consumers)
        {
            writer.Map(4);
            writer.Bulk("name");
            writer.Bulk(consumer.Name);
            Write(writer, "pending", consumer.PendingCount(stream.Key));
            Write(writer, "idle", Math.Max(0, call.Now - consumer.SeenAt));
            Write(
                writer,
                "inactive",
                consumer.ActiveAt == StreamConsumer.NeverActive ? -1 : Math.Max(0, call.Now - consumer.ActiveAt));
        }

        return Reply.Written;
    }

    private static bool TryOpen(scoped in CommandCall call, out StreamKey stream, out Reply error)
    {
        error = !StreamKey.TryOpen(call, call.Args[2], out stream) ? Reply.WrongType
            : !stream.Exists ? Reply.Error(RespErrors.NoSuchKey)
            : default;
        return !error.IsError;
    }

    private static bool TryParse(CommandArgs args, out bool isFull, out long count, out Reply error)
    {
        isFull = args.Count > 3;
        count = FullCount;
        error = Reply.Error((byte[])
        [
            .. "ERR unknown subcommand or wrong number of arguments for '"u8, .. args[1], .. "'. Try XINFO HELP."u8,
        ]);
        if (args.Count is not (3 or 4 or 6) || (isFull && !args[3].Is("FULL"u8)))
        {
            return false;
        }

        if (args.Count == 6)
        {
            if (!args[4].Is("COUNT"u8))
            {
                return false;
            }

            if (!RedisNumber.TryParseInt64(args[5], out count))
            {
                error = Reply.Error(RespErrors.NotInteger);
                return false;
            }

            count = count < 0 ? FullCount : count == 0 ? long.MaxValue : count;
        }

        return true;
    }

    private static void WriteGroupsInFull(RespWriter writer, StreamKey stream, long count)
    {
        List<byte[]> names = StreamGroup.NamesIn(stream.Key);
        writer.Array(names.Count);
        var lag = StreamLag.Of(stream);
        foreach (byte[] name in names)
        {
            StreamGroup group = StreamGroup.Find(stream.Key, name)!;
            writer.Map(7);
            writer.Bulk("name");
            writer.Bulk(name);
            WriteProgress(writer, group, lag);
            Write(writer, "pel-count", group.PendingCount(stream.Key));
            writer.Bulk("pending");
            WritePending(writer, stream, group, count);
            writer.Bulk("consumers");
            List<StreamConsumer> consumers = group.Consumers(stream.Key);
            writer.Array(consumers.Count);
            foreach (StreamConsumer consumer in consumers)
            {
                writer.Map(5);
                writer.Bulk("name");
                writer.Bulk(consumer.Name);
                Write(writer, "seen-time", consumer.SeenAt);
                Write(writer, "active-time", consumer.ActiveAt);
                Write(writer, "pel-count", consumer.PendingCount(stream.Key));
                writer.Bulk("pending");
                WritePending(writer, stream, group, consumer, count);
            }
        }
    }

    private static void WriteProgress(RespWriter writer, StreamGroup group, StreamLag lag)
    {
        Write(writer, "last-delivered-id", group.LastId);
        writer.Bulk("entries-read");
        WriteNumber(writer, group.EntriesRead == StreamGroup.UnknownRead ? null : group.EntriesRead);
        writer.Bulk("lag");
        WriteNumber(writer, lag.Of(group));
    }

    private static void WritePending(RespWriter writer, StreamKey stream, StreamGroup group, long atMost)
    {
        writer.Array(Math.Min(atMost, group.PendingCount(stream.Key)));
        ElementCursor walk = group.ScanPending(stream.Key, StreamId.Zero);
        for (long i = 0; i < atMost && walk.MoveNext() && group.IsPending(walk); i++)
        {
            ReadOnlySpan<byte> payload = walk.Value.Payload;
            PendingEntry pending = PendingEntry.Decode(payload);
            writer.Array(4);
            EntryFields.Answer(writer, StreamRecords.PendingId(walk.Element));
            writer.Bulk(PendingEntry.ConsumerIn(payload));
            writer.Integer(pending.DeliveredAt);
            writer.Integer((long)pending.Deliveries);
        }
    }

    private static void WritePending(
        RespWriter writer, StreamKey stream, StreamGroup group, StreamConsumer consumer, long atMost)
    {
        List<(StreamId Id, uint Origin)> ids = consumer.Pending(stream.Key, StreamId.Zero, StreamId.Max, atMost);
        writer.Array(ids.Count);
        foreach ((StreamId id, uint origin) in ids)
        {
            stream.Key.TryGet(
                StreamRecords.Pending, StreamRecords.PendingName(group.Prefix, id, origin), out ElementValue value);
            PendingEntry pending = value.Payload.IsEmpty ? default : PendingEntry.Decode(value.Payload);
            writer.Array(3);
            EntryFields.Answer(writer, id);
            writer.Integer(pending.DeliveredAt);
            writer.Integer((long)pending.Deliveries);
        }
    }

    private static void WriteFirst(RespWriter writer, EntryWalk walk)
    {
        if (walk.MoveNext())
        {
            EntryFields.Answer(writer, walk.Id, walk.Payload);
        }
        else
        {
            writer.Nil();
        }
    }

    private static void Write(RespWriter writer, string name, long number)
    {
        writer.Bulk(name);
        writer.Integer(number);
    }

    private static void Write(RespWriter writer, string name, StreamId id)
    {
        writer.Bulk(name);
        EntryFields.Answer(writer, id);
    }

    private static void WriteNumber(RespWriter writer, long? number)
    {
        if (number is { } known)
        {
            writer.Integer(known);
        }
        else
        {
            writer.Nil();
        }
    }
}
