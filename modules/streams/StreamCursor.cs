using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Streams;

/// <summary>
/// How far a group has read the entries of one origin.
/// <code>
/// generation u64 | ms u64 | seq u64 | read i64       little-endian
/// </code>
/// The largest generation wins whole, then the largest id, then the largest count.
/// </summary>
/// <param name="Generation">That of the group; a cursor of another one counts for nothing.</param>
/// <param name="Id">The last id delivered.</param>
/// <param name="Read">Entries the group had read by then, or -1 when that is not known.</param>
internal readonly record struct StreamCursor(ulong Generation, StreamId Id, long Read)
{
    private const int Bytes = 32;

    internal static StreamCursor Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        var cursor = new StreamCursor(
            reader.ReadUInt64(), new StreamId(reader.ReadUInt64(), reader.ReadUInt64()), reader.ReadInt64());
        return reader.Remaining == 0 ? cursor : throw new RecordFormatException("a group's cursor is too long");
    }

    internal byte[] ToPayload()
    {
        var writer = new RecordWriter(Bytes);
        Write(writer);
        return writer.Written.ToArray();
    }

    internal static void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RecordWriter joined)
    {
        StreamCursor a = Decode(left);
        StreamCursor b = Decode(right);
        int order = (a.Generation, a.Id, a.Read).CompareTo((b.Generation, b.Id, b.Read));
        (order > 0 ? a : b).Write(joined);
    }

    private void Write(RecordWriter writer)
    {
        writer.WriteUInt64(Generation);
        writer.WriteUInt64(Id.Milliseconds);
        writer.WriteUInt64(Id.Sequence);
        writer.WriteInt64(Read);
    }
}
