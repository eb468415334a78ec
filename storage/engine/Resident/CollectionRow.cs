using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// What a key's row says of its elements, so that neither a count nor a delete has to read them.
/// <code>
/// n u8 | n x { tag u8, count varint } | when n is not 0: digest u64
///      | flags u8 (1: some element counts, or once did; 2: some element has a deadline)
///      | under flag 2: a time before which no element's deadline passes, i64
/// </code>
/// </summary>
internal sealed record CollectionRow(
    IReadOnlyList<(byte Tag, long Count)> Counts, ulong DigestSum, bool HasCounters, long NextDeadline = Cell.NoDeadline)
{
    private const byte CountersFlag = 1;
    private const byte DeadlinesFlag = 2;

    /// <summary>Visible elements of all kinds.</summary>
    public long Elements => Counts.Sum(pair => pair.Count);

    public static void Write(RecordWriter row, Collection? elements)
    {
        int at = row.Length;
        row.WriteByte(0);
        foreach ((byte tag, long count) in elements?.Counts ?? [])
        {
            row.At(at, 1)[0]++;
            row.WriteByte(tag);
            row.WriteVarint((UInt128)count);
        }

        if (row.At(at, 1)[0] > 0)
        {
            row.WriteUInt64(elements!.DigestSum);
            bool hasDeadlines = elements.NextDeadline != Cell.NoDeadline;
            row.WriteByte((byte)((elements.HasCounters ? CountersFlag : 0) | (hasDeadlines ? DeadlinesFlag : 0)));
            if (hasDeadlines)
            {
                row.WriteInt64(elements.NextDeadline);
            }
        }
    }

    /// <exception cref="RecordFormatException">The bytes are no such row.</exception>
    public static CollectionRow Read(ReadOnlySpan<byte> row)
    {
        var reader = new RecordReader(row);
        var counts = new (byte, long)[reader.ReadByte()];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = (reader.ReadByte(), (long)reader.ReadVarint());
        }

        if (counts.Length == 0)
        {
            return new CollectionRow(counts, 0, HasCounters: false);
        }

        ulong digest = reader.ReadUInt64();
        byte flags = reader.ReadByte();
        return new CollectionRow(
            counts,
            digest,
            (flags & CountersFlag) != 0,
            (flags & DeadlinesFlag) != 0 ? reader.ReadInt64() : Cell.NoDeadline);
    }
}
