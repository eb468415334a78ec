using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// The records of a stream. Ids and lengths in names are big-endian, so that byte order is the order wanted.
/// <code>
/// tag 'X', no name                    head: makes the stream exist when it has no entry        (StreamHead)
/// tag 'x', origin u32 | id            entry: count varint, then that many { length varint, bytes }
/// tag 'g', group                      consumer group                                           (GroupBeginning)
/// tag 'c', length u32 | group | origin u32 | generation    cursor: what of an origin's entries was given  (StreamCursor)
/// tag 'n', length u32 | group | consumer               consumer: seen i64 | active i64 (-1: never)
/// tag 'p', length u32 | group | id | origin u32        pending: delivered i64 | deliveries varint | consumer
/// tag 'P', length u32 | group | length u32 | consumer | id | origin u32      index of 'p' by consumer
/// id          milliseconds u64 | sequence u64
/// generation  stamp u64 | origin u32                       the write that made the group, or set where it reads
/// </code>
/// <para>
/// The origin stands first in an entry's name: what one origin wrote is one run, in the order it was written in. A group
/// has read such a run up to its cursor, so an entry that arrives late from elsewhere is delivered and never skipped (see
/// GroupProgress), and finding what is new is one seek for each origin. Readers of ids merge the runs, of which a node alone has one.
/// </para>
/// <para>
/// Entries never change and are removed one by one: one that arrives after a trim which had not seen it stays until
/// the next. Two nodes that are given one explicit id keep both entries.
/// </para>
/// </summary>
internal static class StreamRecords
{
    internal const int IdBytes = 16;
    internal const int EntryNameBytes = OriginBytes + IdBytes;

    private const int OriginBytes = 4;
    private const int LengthBytes = 4;
    private const int PendingTailBytes = IdBytes + OriginBytes;
    private const int CursorTailBytes = OriginBytes + StampBytes + OriginBytes;
    private const int StampBytes = 8;

    internal static readonly RecordKind Head = new((byte)'X', "stream", StreamHead.Merge)
    {
        Test = static (name, payload) => name.IsEmpty && StreamHead.Decode(payload) is var _,
    };

    internal static readonly RecordKind Entry = new((byte)'x', "stream entry")
    {
        Test = static (name, payload) => name.Length == EntryNameBytes && EntryFields.AreFields(payload),
    };

    internal static readonly RecordKind Group = new((byte)'g', "stream group")
    {
        Test = static (_, payload) => payload.Length == GroupBeginning.Bytes,
    };

    internal static readonly RecordKind Cursor = new((byte)'c', "stream group cursor", StreamCursor.Merge)
    {
        Test = static (name, payload) =>
            name.Length == PrefixBytes(name) + CursorTailBytes && StreamCursor.Decode(payload) is var _,
    };

    internal static readonly RecordKind Consumer = new((byte)'n', "stream consumer")
    {
        Test = static (name, payload) => name.Length >= PrefixBytes(name) && payload.Length == StreamConsumer.Bytes,
    };

    internal static readonly RecordIndex PendingByConsumer = new((byte)'P', "stream pending by consumer", WriteIndex);

    internal static readonly RecordKind Pending = new((byte)'p', "stream pending", merge: null, PendingByConsumer)
    {
        Test = static (name, payload) =>
            name.Length == PrefixBytes(name) + PendingTailBytes && PendingEntry.Decode(payload) is var _,
    };

    internal static readonly KeyType Type = new(
        "stream", order: 6, isSingle: false, static _ => "stream", Head, Entry, Group, Cursor, Consumer, Pending)
    {
        Events = KeyspaceEvents.Stream,
        Rdb = new RdbForm(
            StreamDump.Write, StreamDumpReader.Read, RdbValueType.Stream, RdbValueType.Stream2, RdbValueType.Stream3),
    };

    /// <summary>Writes the name of an entry.</summary>
    internal static ReadOnlySpan<byte> EntryName(Span<byte> name, uint origin, StreamId id)
    {
        BinaryPrimitives.WriteUInt32BigEndian(name, origin);
        BinaryPrimitives.WriteUInt128BigEndian(name[OriginBytes..], id.Value);
        return name[..EntryNameBytes];
    }

    internal static uint OriginOf(ReadOnlySpan<byte> entryName) => BinaryPrimitives.ReadUInt32BigEndian(entryName);

    internal static StreamId IdOf(ReadOnlySpan<byte> entryName) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(entryName[OriginBytes..]));

    /// <summary>What the names of all records of a group begin with.</summary>
    internal static byte[] GroupPrefix(ReadOnlySpan<byte> group) => Join(Sized(group), default);

    internal static byte[] CursorName(ReadOnlySpan<byte> prefix, uint origin, Dot generation)
    {
        byte[] name = Join(prefix, new byte[CursorTailBytes]);
        Span<byte> tail = name.AsSpan(prefix.Length);
        BinaryPrimitives.WriteUInt32BigEndian(tail, origin);
        BinaryPrimitives.WriteUInt64BigEndian(tail[OriginBytes..], generation.Stamp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(tail[(OriginBytes + StampBytes)..], generation.Origin.Value);
        return name;
    }

    internal static uint CursorOrigin(ReadOnlySpan<byte> name) =>
        BinaryPrimitives.ReadUInt32BigEndian(name[^CursorTailBytes..]);

    internal static Dot CursorGeneration(ReadOnlySpan<byte> name) => new(
        new Stamp(BinaryPrimitives.ReadUInt64BigEndian(name[^(StampBytes + OriginBytes)..])),
        new Origin(BinaryPrimitives.ReadUInt32BigEndian(name[^OriginBytes..])));

    internal static byte[] ConsumerName(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> consumer) => Join(prefix, consumer);

    internal static byte[] PendingName(ReadOnlySpan<byte> prefix, StreamId id, uint origin)
    {
        byte[] name = Join(prefix, new byte[PendingTailBytes]);
        WritePendingTail(name.AsSpan(prefix.Length), id, origin);
        return name;
    }

    internal static StreamId PendingId(ReadOnlySpan<byte> name) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(name[^PendingTailBytes..]));

    internal static uint PendingOrigin(ReadOnlySpan<byte> name) =>
        BinaryPrimitives.ReadUInt32BigEndian(name[^OriginBytes..]);

    /// <summary>What the index names of one consumer's pending entries begin with.</summary>
    internal static byte[] IndexPrefix(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> consumer) =>
        Join(prefix, Sized(consumer));

    /// <summary>The smallest name that is larger than all with a prefix.</summary>
    internal static byte[] After(ReadOnlySpan<byte> prefix)
    {
        byte[] after = prefix.ToArray();
        for (int i = after.Length - 1; i >= 0 && ++after[i] == 0; i--)
        {
        }

        return after;
    }

    /// <summary>Elements of a kind whose names begin with a prefix.</summary>
    internal static long CountWith(Key key, RecordKind kind, ReadOnlySpan<byte> prefix) =>
        key.RankOf(kind, After(prefix)) - key.RankOf(kind, prefix);

    /// <summary>Bytes of the group in front of a name that belongs to it; more than any name has when there is none.</summary>
    private static long PrefixBytes(ReadOnlySpan<byte> name) => name.Length < LengthBytes
        ? long.MaxValue - PendingTailBytes
        : LengthBytes + (long)BinaryPrimitives.ReadUInt32BigEndian(name);

    private static void WriteIndex(ReadOnlySpan<byte> name, in ElementValue value, RecordWriter entry)
    {
        ReadOnlySpan<byte> consumer = PendingEntry.ConsumerIn(value.Payload);
        entry.WriteBytes(name[..^PendingTailBytes]);
        BinaryPrimitives.WriteInt32BigEndian(entry.Reserve(LengthBytes), consumer.Length);
        entry.WriteBytes(consumer);
        entry.WriteBytes(name[^PendingTailBytes..]);
    }

    private static void WritePendingTail(Span<byte> tail, StreamId id, uint origin)
    {
        BinaryPrimitives.WriteUInt128BigEndian(tail, id.Value);
        BinaryPrimitives.WriteUInt32BigEndian(tail[IdBytes..], origin);
    }

    private static byte[] Sized(ReadOnlySpan<byte> text)
    {
        byte[] sized = new byte[LengthBytes + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(sized, text.Length);
        text.CopyTo(sized.AsSpan(LengthBytes));
        return sized;
    }

    private static byte[] Join(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => [.. left, .. right];
}
