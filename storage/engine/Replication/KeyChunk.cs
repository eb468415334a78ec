using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Records of one key in a range of suffixes, as anti-entropy sends them.
/// <code>
/// length varint, name | length varint, from | isLast u8 | when it is not: length varint, to
/// | n varint | n x { length varint, suffix | length varint, record }
/// </code>
/// The range begins with <c>from</c> and ends before <c>to</c>. Every record of the key in the range is there: what is
/// not, the sender does not have. The suffix 'm' is the register's, the tag of the single-record type that of the value;
/// suffixes rise.
/// </summary>
internal sealed record KeyChunk(byte[] Name, byte[] From, byte[]? To, List<(byte[] Suffix, byte[] Record)> Records)
{
    public static void Write(
        RecordWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, byte[]? to, List<StoredElement> records)
    {
        var encoded = new List<(byte[] Suffix, byte[] Record)>(records.Count);
        var record = new RecordWriter();
        foreach ((byte[] suffix, RecordState state) in records)
        {
            record.Clear();
            state.Write(record);
            encoded.Add((suffix, record.Written.ToArray()));
        }

        Write(writer, name, from, to, encoded);
    }

    public static void Write(
        RecordWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, byte[]? to,
        List<(byte[] Suffix, byte[] Record)> records)
    {
        WriteBytes(writer, name);
        WriteBytes(writer, from);
        writer.WriteByte(to is null ? (byte)1 : (byte)0);
        if (to is not null)
        {
            WriteBytes(writer, to);
        }

        writer.WriteLength(records.Count);
        foreach ((byte[] suffix, byte[] record) in records)
        {
            WriteBytes(writer, suffix);
            WriteBytes(writer, record);
        }
    }

    /// <exception cref="RecordFormatException">That is no chunk.</exception>
    public static KeyChunk Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        byte[] name = ReadBytes(ref reader);
        byte[] from = ReadBytes(ref reader);
        byte[]? to = reader.ReadByte() == 1 ? null : ReadBytes(ref reader);
        var records = new List<(byte[], byte[])>();
        byte[] before = [];
        for (int n = reader.ReadLength(); n > 0; n--)
        {
            byte[] suffix = ReadBytes(ref reader);
            RecordCheck.Require(
                suffix.AsSpan().SequenceCompareTo(before) > 0 && suffix.AsSpan().SequenceCompareTo(from) >= 0 &&
                (to is null || suffix.AsSpan().SequenceCompareTo(to) < 0),
                "a record lies outside its chunk");
            before = suffix;
            records.Add((suffix, ReadBytes(ref reader)));
        }

        RecordCheck.Require(reader.Remaining == 0, "bytes follow a chunk");
        return new KeyChunk(name, from, to, records);
    }

    private static void WriteBytes(RecordWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteLength(bytes.Length);
        writer.WriteBytes(bytes);
    }

    private static byte[] ReadBytes(ref RecordReader reader) => reader.ReadBytes(reader.ReadLength()).ToArray();
}
