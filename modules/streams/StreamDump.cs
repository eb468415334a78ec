using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// Writes a stream in the RDB format that Redis 7.0 brought.
/// <code>
/// nodes, nodes x { string: id of the first entry as 16 bytes | string: listpack }
/// length | last id | first id | largest deleted id | entries added
/// groups, groups x { name | last id | entries read
///                    pending, pending x { id as 16 bytes | delivered i64 | deliveries }
///                    consumers, consumers x { name | seen i64 | pending, pending x { id as 16 bytes } } }
///
/// listpack  entries | deleted | fields | field ... | 0                        of the first entry
///           then each entry: flags | ms - first | seq - first | fields | field | value | ... | parts so far
///           flags: 1 deleted, 2 the fields are those of the first entry and left out with their number
/// </code>
/// </summary>
/// <remarks>Format as described in Redis's documentation of streams and in the RDB format notes.</remarks>
internal static class StreamDump
{
    internal const int Deleted = 1;
    internal const int SameFields = 2;

    /// <summary>Bytes from which on a new node is begun; Redis's <c>stream-node-max-bytes</c>.</summary>
    private const int NodeBytesMax = 4096;

    internal static void Write(Key key, RdbWriter writer)
    {
        writer.BeginValue(RdbValueType.Stream2);
        List<(StreamId First, byte[] Listpack)> nodes = Pack(key, out long length, out StreamId first, out StreamId last);
        writer.WriteLength((ulong)nodes.Count);
        foreach ((StreamId id, byte[] listpack) in nodes)
        {
            writer.WriteString(Bytes(id));
            writer.WriteString(listpack);
        }

        StreamHead head = key.TryGet(StreamRecords.Head, default, out ElementValue value)
            ? StreamHead.Decode(value.Payload)
            : default;
        writer.WriteLength((ulong)length);
        WriteId(writer, last > head.LastId ? last : head.LastId);
        WriteId(writer, first);
        WriteId(writer, head.DeletedId);
        writer.WriteLength((ulong)(head.Removed + length));
        List<byte[]> groups = StreamGroup.NamesIn(key);
        writer.WriteLength((ulong)groups.Count);
        foreach (byte[] name in groups)
        {
            WriteGroup(writer, key, StreamGroup.Find(key, name)!);
        }
    }

    private static List<(StreamId First, byte[] Listpack)> Pack(
        Key key, out long length, out StreamId first, out StreamId last)
    {
        List<(StreamId, byte[])> nodes = [];
        var node = new List<(StreamId Id, byte[] Fields)>();
        length = 0;
        first = last = StreamId.Zero;
        int bytes = 0;
        EntryWalk walk = EntryWalk.Forward(key, StreamId.Zero, StreamId.Max);
        while (walk.MoveNext())
        {
            // Two nodes may have given one id; Redis knows one entry of it.
            if (length > 0 && walk.Id == last)
            {
                continue;
            }

            if (node.Count == TrimOptions.NodeEntriesMax || bytes > NodeBytesMax)
            {
                nodes.Add((node[0].Id, PackNode(node)));
                node.Clear();
                bytes = 0;
            }

            node.Add((walk.Id, walk.Payload.ToArray()));
            bytes += walk.Payload.Length;
            first = length == 0 ? walk.Id : first;
            last = walk.Id;
            length++;
        }

        if (node.Count > 0)
        {
            nodes.Add((node[0].Id, PackNode(node)));
        }

        return nodes;
    }

    private static byte[] PackNode(List<(StreamId Id, byte[] Fields)> entries)
    {
        var listpack = new ListpackWriter();
        List<byte[]> shared = PartsOf(entries[0].Fields, everySecond: true);
        Add(listpack, entries.Count);
        Add(listpack, 0);
        Add(listpack, shared.Count);
        shared.ForEach(field => listpack.Add(field));
        Add(listpack, 0);
        foreach ((StreamId id, byte[] fields) in entries)
        {
            List<byte[]> own = PartsOf(fields, everySecond: true);
            bool isSame = own.Count == shared.Count && own.Zip(shared).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
            List<byte[]> parts = PartsOf(fields, everySecond: false);
            Add(listpack, isSame ? SameFields : 0);
            Add(listpack, (long)unchecked(id.Milliseconds - entries[0].Id.Milliseconds));
            Add(listpack, (long)unchecked(id.Sequence - entries[0].Id.Sequence));
            if (!isSame)
            {
                Add(listpack, own.Count);
            }

            for (int i = isSame ? 1 : 0; i < parts.Count; i += isSame ? 2 : 1)
            {
                listpack.Add(parts[i]);
            }

            Add(listpack, isSame ? own.Count + 3 : (2 * own.Count) + 4);
        }

        return listpack.Complete().ToArray();
    }

    private static void WriteGroup(RdbWriter writer, Key key, StreamGroup group)
    {
        writer.WriteString(group.Name);
        WriteId(writer, group.LastId);
        writer.WriteLength((ulong)group.EntriesRead);
        writer.WriteLength((ulong)group.PendingCount(key));
        ElementCursor walk = group.ScanPending(key, StreamId.Zero);
        while (walk.MoveNext() && group.IsPending(walk))
        {
            PendingEntry pending = PendingEntry.Decode(walk.Value.Payload);
            writer.WriteBytes(Bytes(StreamRecords.PendingId(walk.Element)));
            writer.WriteInt64(pending.DeliveredAt);
            writer.WriteLength(pending.Deliveries);
        }

        List<StreamConsumer> consumers = group.Consumers(key);
        writer.WriteLength((ulong)consumers.Count);
        foreach (StreamConsumer consumer in consumers)
        {
            writer.WriteString(consumer.Name);
            writer.WriteInt64(consumer.SeenAt);
            List<(StreamId Id, uint Origin)> pending =
                consumer.Pending(key, StreamId.Zero, StreamId.Max, int.MaxValue);
            writer.WriteLength((ulong)pending.Count);
            pending.ForEach(entry => writer.WriteBytes(Bytes(entry.Id)));
        }
    }

    private static List<byte[]> PartsOf(byte[] payload, bool everySecond)
    {
        List<byte[]> parts = [];
        var reader = new RecordReader(payload);
        int count = reader.ReadLength();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> part = reader.ReadBytes(reader.ReadLength());
            if (!everySecond || i % 2 == 0)
            {
                parts.Add(part.ToArray());
            }
        }

        return parts;
    }

    private static void Add(ListpackWriter listpack, long number) =>
        listpack.Add(RedisNumber.Format(number, stackalloc byte[20]));

    private static void WriteId(RdbWriter writer, StreamId id)
    {
        writer.WriteLength(id.Milliseconds);
        writer.WriteLength(id.Sequence);
    }

    private static byte[] Bytes(StreamId id)
    {
        byte[] bytes = new byte[StreamRecords.IdBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Value);
        return bytes;
    }
}
