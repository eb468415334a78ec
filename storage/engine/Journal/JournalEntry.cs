using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>
/// One command or transaction in the journal: the commit point, whole or not there.
/// <code>
/// entry, little-endian, padded with zeros to a multiple of 8
///   0  length     4   header and body, without padding; 0 = nothing follows in this file
///   4  checksum   4   low half of XxHash3 of bytes 8..length, seeded with the entry's position
///   8  sequence   8   one more than the entry before
///  16  stamp      8   the newest stamp in the entry
///  24  closed     8   every write of this origin stamped up to here is in this entry or before it
///  32  origin     4   who wrote
///  36  records    4   how many follow
///  40  body           records x { partition u16 | klen varint | key | tag u8 | elen varint | element
///                                 | dlen varint | delta }
/// partition 0xFFFF stands for all of them; tag 0x01 is a clear vector over a whole key, or over everything, then with
/// those of partitions (see ClearVector), when the partition is 0xFFFF; every other tag but those below is a record kind's or the register's, and its delta is a Cell.
/// </code>
/// Entries of origin 0 say what anti-entropy found: joined records; under tag 0x03 an applied vector that a partition
/// took over from a peer; under tag 0x04, over all partitions, { origin u32 | floor u64 }: entries of that origin
/// stamped up to the floor may be missing here; under tag 0x05 what became of this node's copy of a partition, or of all
/// (see HoldingChange).
/// </summary>
internal static class JournalEntry
{
    public const int HeaderBytes = 40;
    public const ushort EveryPartition = ushort.MaxValue;
    public const byte ClearTag = 1;
    public const byte AdoptedTag = 3;
    public const byte GapTag = 4;
    public const byte HoldingTag = 5;

    public static long Padded(long length) => (length + 7) & ~7L;

    /// <summary>Fills in a header in front of a body that is already in place.</summary>
    public static void Seal(
        Span<byte> entry, long position, ulong sequence, Stamp stamp, Stamp closed, Origin origin, int records)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], stamp.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], closed.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[32..], origin.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[36..], (uint)records);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Checksum(entry, position));
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)entry.Length);
    }

    public static uint Checksum(ReadOnlySpan<byte> entry, long position) =>
        (uint)XxHash3.HashToUInt64(entry[8..], position);

    public static ulong Sequence(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);

    public static Stamp StampOf(ReadOnlySpan<byte> entry) => new(BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]));

    public static Stamp ClosedOf(ReadOnlySpan<byte> entry) => new(BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]));

    public static Origin OriginOf(ReadOnlySpan<byte> entry) => new(BinaryPrimitives.ReadUInt32LittleEndian(entry[32..]));

    /// <summary>Begins a record; the delta is written next and closed with <see cref="EndRecord"/>.</summary>
    /// <returns>A token for <see cref="EndRecord"/>.</returns>
    public static int BeginRecord(
        RecordWriter body, ushort partition, ReadOnlySpan<byte> name, byte tag, ReadOnlySpan<byte> element)
    {
        body.WriteUInt16(partition);
        body.WriteLength(name.Length);
        body.WriteBytes(name);
        body.WriteByte(tag);
        body.WriteLength(element.Length);
        body.WriteBytes(element);
        return body.Length;
    }

    /// <summary>Puts the length in front of the delta written since <see cref="BeginRecord"/>.</summary>
    public static void EndRecord(RecordWriter body, int token)
    {
        int length = body.Length - token;
        int width = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5;
        body.Reserve(width);
        Span<byte> tail = body.At(token, length + width);
        tail[..length].CopyTo(tail[width..]);
        uint rest = (uint)length;
        for (int i = 0; i < width; i++)
        {
            tail[i] = (byte)((rest & 0x7F) | (i < width - 1 ? 0x80u : 0));
            rest >>= 7;
        }
    }

    /// <summary>Reads the records of an entry.</summary>
    public static RecordEnumerator Records(ReadOnlySpan<byte> entry) =>
        new(entry[HeaderBytes..], BinaryPrimitives.ReadUInt32LittleEndian(entry[36..]));

    internal ref struct RecordEnumerator(ReadOnlySpan<byte> body, uint count)
    {
        private readonly ReadOnlySpan<byte> _body = body;
        private RecordReader _reader = new(body);
        private uint _left = count;

        public ushort Partition { get; private set; }

        public ReadOnlySpan<byte> Name { get; private set; }

        public byte Tag { get; private set; }

        public ReadOnlySpan<byte> Element { get; private set; }

        public ReadOnlySpan<byte> Delta { get; private set; }

        /// <summary>All bytes of the record.</summary>
        public ReadOnlySpan<byte> Whole { get; private set; }

        /// <exception cref="RecordFormatException">The body does not decode.</exception>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return _reader.Remaining == 0 ? false : throw new RecordFormatException("bytes follow the last record");
            }

            _left--;
            int begin = _reader.Position;
            Partition = _reader.ReadUInt16();
            if (Partition >= Limits.Partitions && Partition != EveryPartition)
            {
                throw new RecordFormatException("partition out of range");
            }

            Name = _reader.ReadBytes(_reader.ReadLength());
            Tag = _reader.ReadByte();
            Element = _reader.ReadBytes(_reader.ReadLength());
            Delta = _reader.ReadBytes(_reader.ReadLength());
            Whole = _body[begin.._reader.Position];
            return true;
        }
    }
}
