using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>XREADGROUP: what is new to a group is given to one of its consumers and is pending with it until XACK; what is
/// pending can be read again.</summary>
internal static class GroupReads
{
    private static Reply NoMeaning(ReadOnlySpan<byte> id) => Reply.Error((byte[])
    [
        .. "ERR The "u8, .. id, .. " ID is meaningless in the context of XREADGROUP: you want to read the history of "u8,
        .. "this consumer by specifying a proper ID, or use the > ID to get new messages. The "u8, .. id,
        .. " ID would just return an empty result set."u8,
    ]);

    internal static Reply Read(in CommandCall call)
    {
        if (!ReadOptions.TryParse(call.Args, out ReadOptions options, out Reply error) ||
            !AreReadable(call, options, out error))
        {
            return error;
        }

        var answer = new StreamAnswers(call.Writer);
        for (int i = 0; i < options.Streams; i++)
        {
            StreamKey.TryOpen(call, call.Args[options.FirstKey + i], out StreamKey stream);
            StreamGroup group = StreamGroup.Find(stream.Key, call.Args[options.Group])!;
            StreamConsumer consumer = StreamConsumer.Of(call, stream, group, call.Args[options.Group + 1]);
            ReadOnlySpan<byte> id = call.Args[options.FirstKey + options.Streams + i];
            if (!StreamId.TryParse(id, 0, out StreamId after))
            {
                Deliver(call, stream, group, consumer, options, answer);
            }
            else
            {
                Repeat(call, stream, group, consumer, after, options.Count, answer.Begin(stream.Key.Name));
            }
        }

        return answer.Count == 0 && options.Blocks && call.Retry != CallRetry.TimedOut
            ? Reply.WaitForKeys(options.Timeout, StreamRecords.Type, orAnother: true)
            : answer.Complete();
    }

    /// <summary>Checks all streams, groups and ids before anything is given away.</summary>
    private static bool AreReadable(
        scoped in CommandCall call, scoped in ReadOptions options, out Reply error)
    {
        error = default;
        for (int i = 0; i < options.Streams && !error.IsError; i++)
        {
            ReadOnlySpan<byte> name = call.Args[options.FirstKey + i];
            ReadOnlySpan<byte> group = call.Args[options.Group];
            ReadOnlySpan<byte> id = call.Args[options.FirstKey + options.Streams + i];
            error = !StreamKey.TryOpen(call, name, out StreamKey stream) ? Reply.WrongType
                : !stream.Exists || !stream.Key.TryGet(StreamRecords.Group, group, out _)
                    ? StreamErrors.NoKeyOrGroup(name, group, " in XREADGROUP with GROUP option"u8)
                : id.SequenceEqual("$"u8) || id.SequenceEqual("+"u8) ? NoMeaning(id)
                : !id.SequenceEqual(">"u8) && !StreamId.TryParse(id, 0, out _) ? StreamErrors.InvalidId
                : default;
        }

        return !error.IsError;
    }

    /// <summary>Gives a consumer what is new to its group.</summary>
    private static void Deliver(
        in CommandCall call,
        StreamKey stream,
        StreamGroup group,
        StreamConsumer consumer,
        in ReadOptions options,
        StreamAnswers answer)
    {
        RespWriter writer = answer.Begin(stream.Key.Name);
        int mark = writer.Length;
        List<(uint Origin, StreamId Id)> given = [];
        EntryWalk walk = EntryWalk.New(stream.Key, group);
        StreamHead head = stream.Head;
        StreamLag? lag = null;
        while (given.Count < options.Count && walk.MoveNext())
        {
            bool isComplete = stream.Key.HasAllUpTo(walk.Dot);
            bool isNew = !group.Progress.Has(walk.Origin, walk.Id);
            if (isNew ? !group.Progress.MayPass(walk.Origin, isComplete) : !isComplete)
            {
                continue;
            }

            if (isNew && (call.Keyspace.IsAlone || !group.IsAcknowledged(stream.Key, walk.Origin, walk.Id)))
            {
                EntryFields.Answer(writer, walk.Id, walk.Payload);
                given.Add((walk.Origin, walk.Id));
                if (!group.TryCount(head, walk.Id))
                {
                    group.Count(lag ??= StreamLag.Of(stream), walk.Id);
                }
            }

            group.Progress.Pass(walk.Origin, walk.Id, isComplete);
        }

        consumer.MarkSeen(stream.Key, call.Now, isActive: given.Count > 0);
        byte[] pending = new PendingEntry(call.Now, 1).ToPayload(consumer.Name);
        foreach ((uint origin, StreamId id) in options.NoAcknowledge ? [] : given)
        {
            stream.Key.Put(StreamRecords.Pending, StreamRecords.PendingName(group.Prefix, id, origin), pending);
        }

        group.Progress.Save(stream.Key);
        if (given.Count == 0)
        {
            answer.TakeBack();
        }
        else
        {
            writer.ArraySince(mark, given.Count);
        }
    }

    /// <summary>Gives a consumer again what is pending with it. Entries that were removed meanwhile have no fields.</summary>
    private static void Repeat(
        in CommandCall call,
        StreamKey stream,
        StreamGroup group,
        StreamConsumer consumer,
        StreamId after,
        long count,
        RespWriter writer)
    {
        List<(StreamId Id, uint Origin)> pending = after == StreamId.Max
            ? []
            : consumer.Pending(stream.Key, after.Next, StreamId.Max, count);
        writer.Array(pending.Count);
        List<(byte[] Name, byte[] Payload)> repeated = [];
        foreach ((StreamId id, uint origin) in pending)
        {
            if (!stream.TryGet(origin, id, out ElementValue entry))
            {
                writer.Array(2);
                EntryFields.Answer(writer, id);
                writer.NilArray();
                continue;
            }

            EntryFields.Answer(writer, id, entry.Payload);
            byte[] name = StreamRecords.PendingName(group.Prefix, id, origin);
            if (stream.Key.TryGet(StreamRecords.Pending, name, out ElementValue value))
            {
                PendingEntry before = PendingEntry.Decode(value.Payload);
                repeated.Add((name, new PendingEntry(call.Now, before.Deliveries + 1).ToPayload(consumer.Name)));
            }
        }

        foreach ((byte[] name, byte[] payload) in repeated)
        {
            stream.Key.Put(StreamRecords.Pending, name, payload);
        }

        consumer.MarkSeen(stream.Key, call.Now, isActive: pending.Count > 0);
    }
}
