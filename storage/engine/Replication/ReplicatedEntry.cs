using System.Buffers.Binary;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// An entry as it travels: that of the journal without what belongs to its place there. The records are the very bytes
/// their origin wrote.
/// <code>
///   0  length   4   header and body
///   4  stamp    8   the newest stamp in the entry
///  12  closed   8   every write of this origin stamped up to here is in this entry or before it
///  20  origin   4   who wrote
///  24  records  4   how many follow
///  28  body         see JournalEntry
/// </code>
/// </summary>
internal readonly ref struct ReplicatedEntry
{
    private const int HeaderBytes = 28;

    private readonly ReadOnlySpan<byte> _bytes;

    private ReplicatedEntry(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int Length => _bytes.Length;

    public Stamp Stamp => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[4..]));

    public Stamp Closed => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[12..]));

    public Origin Origin => new(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[20..]));

    public int Count => (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[24..]);

    public ReadOnlySpan<byte> Body => _bytes[HeaderBytes..];

    public JournalEntry.RecordEnumerator Records => new(Body, (uint)Count);

    /// <summary>Writes what an entry of the journal says of some partitions, and of all; nothing when that is nothing.
    /// It stays one unit.</summary>
    public static void Write(RecordWriter writer, ReadOnlySpan<byte> entry, PartitionSet wanted)
    {
        if (wanted.IsAll)
        {
            Write(writer, entry);
            return;
        }

        int kept = 0;
        int bodyBytes = 0;
        JournalEntry.RecordEnumerator records = JournalEntry.Records(entry);
        while (records.MoveNext())
        {
            if (IsWanted(records, wanted))
            {
                kept++;
                bodyBytes += records.Whole.Length;
            }
        }

        if (kept == 0)
        {
            return;
        }

        WriteHeader(writer, entry, bodyBytes, (uint)kept);
        records = JournalEntry.Records(entry);
        while (records.MoveNext())
        {
            if (IsWanted(records, wanted))
            {
                writer.WriteBytes(records.Whole);
            }
        }
    }

    /// <summary>Writes an entry of the journal.</summary>
    public static void Write(RecordWriter writer, ReadOnlySpan<byte> entry)
    {
        ReadOnlySpan<byte> body = entry[JournalEntry.HeaderBytes..];
        WriteHeader(writer, entry, body.Length, BinaryPrimitives.ReadUInt32LittleEndian(entry[36..]));
        writer.WriteBytes(body);
    }

    private static bool IsWanted(in JournalEntry.RecordEnumerator record, PartitionSet wanted) =>
        record.Partition == JournalEntry.EveryPartition || wanted.Contains(record.Partition);

    private static void WriteHeader(RecordWriter writer, ReadOnlySpan<byte> entry, int bodyBytes, uint records)
    {
        writer.WriteUInt32((uint)(HeaderBytes + bodyBytes));
        writer.WriteUInt64(JournalEntry.StampOf(entry).Value);
        writer.WriteUInt64(JournalEntry.ClosedOf(entry).Value);
        writer.WriteUInt32(JournalEntry.OriginOf(entry).Value);
        writer.WriteUInt32(records);
    }

    /// <summary>Reads the first of many entries.</summary>
    /// <exception cref="RecordFormatException">That is no entry.</exception>
    public static ReplicatedEntry Read(ReadOnlySpan<byte> entries)
    {
        if (entries.Length < HeaderBytes)
        {
            throw new RecordFormatException("an entry is cut short");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(entries);
        if (length < HeaderBytes || length > entries.Length)
        {
            throw new RecordFormatException("an entry is longer than what came");
        }

        var entry = new ReplicatedEntry(entries[..(int)length]);
        return entry.Count is >= 0 and <= Limits.RecordsPerEntryMax
            ? entry
            : throw new RecordFormatException("an entry claims too many records");
    }
}
