using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>A consumer of a group: when it was last seen, and when it last was given something.</summary>
internal sealed class StreamConsumer
{
    /// <summary>Bytes of its record.</summary>
    internal const int Bytes = 16;

    /// <summary>It was never given anything.</summary>
    internal const long NeverActive = -1;

    private readonly byte[] _recordName;
    private readonly byte[] _indexPrefix;

    internal StreamConsumer(StreamGroup group, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
        : this(group, name)
    {
        var reader = new RecordReader(payload);
        SeenAt = reader.ReadInt64();
        ActiveAt = reader.ReadInt64();
    }

    private StreamConsumer(StreamGroup group, ReadOnlySpan<byte> name)
    {
        Name = name.ToArray();
        _recordName = StreamRecords.ConsumerName(group.Prefix, name);
        _indexPrefix = StreamRecords.IndexPrefix(group.Prefix, name);
    }

    internal byte[] Name { get; }

    /// <summary>Unix milliseconds of its last command.</summary>
    internal long SeenAt { get; private set; }

    /// <summary>Unix milliseconds when it was last given an entry, or <see cref="NeverActive"/>.</summary>
    internal long ActiveAt { get; private set; } = NeverActive;

    /// <summary>Reads a consumer.</summary>
    /// <returns>Null when the group has none of that name.</returns>
    internal static StreamConsumer? Find(Key key, StreamGroup group, ReadOnlySpan<byte> name) =>
        key.TryGet(StreamRecords.Consumer, StreamRecords.ConsumerName(group.Prefix, name), out ElementValue value)
            ? new StreamConsumer(group, name, value.Payload)
            : null;

    /// <summary>Makes a consumer; <see cref="Save(Key, long, long)"/> writes it.</summary>
    internal static StreamConsumer New(StreamGroup group, ReadOnlySpan<byte> name) => new(group, name);

    /// <summary>The consumer a command speaks for; one that is new is made. The command says at its end that it was seen.
    /// </summary>
    internal static StreamConsumer Of(
        in CommandCall call, StreamKey stream, StreamGroup group, ReadOnlySpan<byte> name)
    {
        if (Find(stream.Key, group, name) is { } found)
        {
            return found;
        }

        StreamConsumer consumer = New(group, name);
        consumer.Save(stream.Key, call.Now, NeverActive);
        call.Keyspace.Notify(KeyspaceEvents.Stream, "xgroup-createconsumer", stream.Key.Name);
        return consumer;
    }

    /// <summary>Notes that the consumer asked for something, and whether it was given anything.</summary>
    internal void MarkSeen(Key key, long now, bool isActive) => Save(key, now, isActive ? now : ActiveAt);

    /// <summary>Writes the consumer.</summary>
    internal void Save(Key key, long seenAt, long activeAt)
    {
        (SeenAt, ActiveAt) = (seenAt, activeAt);
        var payload = new RecordWriter(Bytes);
        payload.WriteInt64(SeenAt);
        payload.WriteInt64(ActiveAt);
        key.Put(StreamRecords.Consumer, _recordName, payload.Written, new PutOptions(ifChanged: true));
    }

    internal long PendingCount(Key key) =>
        StreamRecords.CountWith(key, StreamRecords.PendingByConsumer.Kind, _indexPrefix);

    /// <summary>The ids and origins of what is pending with the consumer, in order.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="from">The first id.</param>
    /// <param name="to">The last id.</param>
    /// <param name="atMost">How many.</param>
    internal List<(StreamId Id, uint Origin)> Pending(Key key, StreamId from, StreamId to, long atMost)
    {
        List<(StreamId, uint)> pending = [];
        ElementCursor walk = key.Scan(
            StreamRecords.PendingByConsumer.Kind, StreamRecords.PendingName(_indexPrefix, from, 0));
        while (pending.Count < atMost && walk.MoveNext() && walk.Element.StartsWith(_indexPrefix))
        {
            StreamId id = StreamRecords.PendingId(walk.Element);
            if (id > to)
            {
                break;
            }

            pending.Add((id, StreamRecords.PendingOrigin(walk.Element)));
        }

        return pending;
    }

    /// <summary>Removes the consumer and what is pending with it.</summary>
    /// <returns>How many entries were pending.</returns>
    internal long Delete(Key key, StreamGroup group)
    {
        List<(StreamId Id, uint Origin)> pending = Pending(key, StreamId.Zero, StreamId.Max, int.MaxValue);
        foreach ((StreamId id, uint origin) in pending)
        {
            key.Remove(StreamRecords.Pending, StreamRecords.PendingName(group.Prefix, id, origin));
        }

        key.Remove(StreamRecords.Consumer, _recordName);
        return pending.Count;
    }
}
