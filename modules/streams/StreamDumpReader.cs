using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>Reads what <see cref="StreamDump"/> draws, and the forms of Redis before 7.0 and from 7.2 on.</summary>
internal static class StreamDumpReader
{
    /// <summary>Entries restored here are this node's; where they came from is not in the value.</summary>
    private const uint RestoredOrigin = 0;

    private const int PendingBytesMin = StreamRecords.IdBytes + 8 + 1;

    internal static void Read(byte valueType, ref RdbReader reader, Key key)
    {
        StreamId newest = StreamId.Zero;
        StreamId oldest = StreamId.Zero;
        long found = 0;
        for (ulong nodes = ReadCount(ref reader, 2); nodes > 0; nodes--)
        {
            ReadNode(reader.ReadString(), reader.ReadString(), key, ref oldest, ref newest, ref found);
        }

        ulong length = reader.ReadLength();
        StreamId last = ReadId(ref reader);
        StreamId deleted = StreamId.Zero;
        ulong added = length;
        if (valueType >= RdbValueType.Stream2)
        {
            ReadId(ref reader);
            deleted = ReadId(ref reader);
            added = reader.ReadLength();
        }

        Check(length == (ulong)found, "a stream has another length than it says");
        Check(last >= newest, "a stream has an entry beyond its last id");
        Check(added >= length && added <= long.MaxValue, "a stream has more entries than were added");
        key.Put(
            StreamRecords.Head, default, new StreamHead(0, last, deleted, (long)(added - length)).ToPayload());
        for (ulong groups = ReadCount(ref reader, 4); groups > 0; groups--)
        {
            ReadGroup(valueType, ref reader, key, new StreamLag((long)length, (long)added, oldest, last, deleted));
        }
    }

    private static void ReadNode(
        ReadOnlySpan<byte> firstId,
        ReadOnlySpan<byte> listpack,
        Key key,
        ref StreamId oldest,
        ref StreamId newest,
        ref long found)
    {
        Check(firstId.Length == StreamRecords.IdBytes, "a node of a stream is named by no id");
        var first = new StreamId(BinaryPrimitives.ReadUInt128BigEndian(firstId));
        var parts = new ListpackReader(listpack);
        long left = ReadNumber(ref parts);
        left += ReadNumber(ref parts);
        List<byte[]> shared = ReadParts(ref parts, ReadNumber(ref parts), listpack.Length);
        ReadNumber(ref parts);
        for (; left > 0; left--)
        {
            long flags = ReadNumber(ref parts);
            var id = new StreamId(
                unchecked(first.Milliseconds + (ulong)ReadNumber(ref parts)),
                unchecked(first.Sequence + (ulong)ReadNumber(ref parts)));
            bool isSame = (flags & StreamDump.SameFields) != 0;
            long fields = isSame ? shared.Count : ReadNumber(ref parts);
            List<byte[]> values = ReadParts(ref parts, isSame ? fields : 2 * fields, listpack.Length);
            ReadNumber(ref parts);
            if ((flags & StreamDump.Deleted) == 0)
            {
                Check(id > newest || found == 0, "the entries of a stream are out of order");
                AddEntry(key, id, isSame ? [.. shared.Zip(values).SelectMany(Pair)] : values);
                oldest = found == 0 ? id : oldest;
                newest = id;
                found++;
            }
        }
    }

    private static byte[][] Pair((byte[] Field, byte[] Value) pair) => [pair.Field, pair.Value];

    private static void AddEntry(Key key, StreamId id, List<byte[]> parts)
    {
        var payload = new RecordWriter();
        payload.WriteLength(parts.Count);
        foreach (byte[] part in parts)
        {
            payload.WriteLength(part.Length);
            payload.WriteBytes(part);
        }

        Span<byte> name = stackalloc byte[StreamRecords.EntryNameBytes];
        key.Put(StreamRecords.Entry, StreamRecords.EntryName(name, RestoredOrigin, id), payload.Written);
    }

    private static void ReadGroup(byte valueType, ref RdbReader reader, Key key, StreamLag lag)
    {
        byte[] name = reader.ReadString().ToArray();
        StreamId last = ReadId(ref reader);
        long read = valueType >= RdbValueType.Stream2 ? (long)reader.ReadLength() : lag.ReadUpTo(last);
        Check(!key.TryGet(StreamRecords.Group, name, out _), "a stream has a group twice");
        StreamGroup.Set(key, name, last, read);
        StreamGroup group = StreamGroup.Find(key, name)!;
        Dictionary<StreamId, PendingEntry> pending = [];
        for (ulong count = ReadCount(ref reader, PendingBytesMin); count > 0; count--)
        {
            StreamId id = ReadRawId(ref reader);
            Check(
                pending.TryAdd(id, new PendingEntry(reader.ReadInt64(), reader.ReadLength())),
                "an entry is pending twice");
        }

        for (ulong consumers = ReadCount(ref reader, 10); consumers > 0; consumers--)
        {
            ReadConsumer(valueType, ref reader, key, group, pending);
        }

        Check(pending.Count == 0, "an entry is pending with no consumer");
    }

    private static void ReadConsumer(
        byte valueType,
        ref RdbReader reader,
        Key key,
        StreamGroup group,
        Dictionary<StreamId, PendingEntry> pending)
    {
        byte[] name = reader.ReadString().ToArray();
        long seen = reader.ReadInt64();
        long active = valueType >= RdbValueType.Stream3 ? reader.ReadInt64() : seen;
        Check(StreamConsumer.Find(key, group, name) is null, "a group has a consumer twice");
        StreamConsumer.New(group, name).Save(key, seen, active);
        for (ulong count = ReadCount(ref reader, StreamRecords.IdBytes); count > 0; count--)
        {
            StreamId id = ReadRawId(ref reader);
            Check(pending.Remove(id, out PendingEntry entry), "an entry is pending with a consumer and not with the group");
            key.Put(
                StreamRecords.Pending,
                StreamRecords.PendingName(group.Prefix, id, RestoredOrigin),
                entry.ToPayload(name));
        }
    }

    private static List<byte[]> ReadParts(ref ListpackReader parts, long count, int countMax)
    {
        Check(count >= 0 && count <= countMax, "a stream entry has more parts than it can have");
        List<byte[]> read = [];
        for (; count > 0; count--)
        {
            Check(parts.MoveNext(), "a stream entry ends too early");
            read.Add(parts.Current.ToArray());
        }

        return read;
    }

    private static long ReadNumber(ref ListpackReader parts)
    {
        Check(parts.MoveNext(), "a node of a stream ends too early");
        Check(RedisNumber.TryParseInt64(parts.Current, out long number), "a node of a stream has text for a number");
        return number;
    }

    private static ulong ReadCount(ref RdbReader reader, int bytesEach)
    {
        ulong count = reader.ReadLength();
        Check(count <= (ulong)(reader.Remaining / bytesEach), "a count is out of range");
        return count;
    }

    private static StreamId ReadId(ref RdbReader reader) => new(reader.ReadLength(), reader.ReadLength());

    private static StreamId ReadRawId(ref RdbReader reader) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(reader.ReadBytes(StreamRecords.IdBytes)));

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RecordFormatException(otherwise);
        }
    }
}
