using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Streams;

/// <summary>
/// What a stream knows beyond its entries.
/// <code>
/// generation u64 | last ms u64 | last seq u64 | deleted ms u64 | deleted seq u64 | removed i64       little-endian
/// </code>
/// The largest generation wins whole, so that a new stream or XSETID may set an id back; within one generation each part
/// is the maximum. XADD leaves the head alone: the newest entry says what the last id is.
/// </summary>
/// <param name="Generation">Unix milliseconds at which ids were set, or one more than before.</param>
/// <param name="LastId">No smaller id is given from now on; the newest entry may be larger.</param>
/// <param name="DeletedId">The largest id that XDEL removed.</param>
/// <param name="Removed">Entries that were there once and are no more, as XINFO's entries-added counts them.</param>
internal readonly record struct StreamHead(ulong Generation, StreamId LastId, StreamId DeletedId, long Removed)
{
    private const int Bytes = 48;

    internal static StreamHead Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        var head = new StreamHead(
            reader.ReadUInt64(),
            new StreamId(reader.ReadUInt64(), reader.ReadUInt64()),
            new StreamId(reader.ReadUInt64(), reader.ReadUInt64()),
            reader.ReadInt64());
        return reader.Remaining == 0 ? head : throw new RecordFormatException("a stream's head is too long");
    }

    internal void Write(RecordWriter writer)
    {
        writer.WriteUInt64(Generation);
        writer.WriteUInt64(LastId.Milliseconds);
        writer.WriteUInt64(LastId.Sequence);
        writer.WriteUInt64(DeletedId.Milliseconds);
        writer.WriteUInt64(DeletedId.Sequence);
        writer.WriteInt64(Removed);
    }

    internal byte[] ToPayload()
    {
        var writer = new RecordWriter(Bytes);
        Write(writer);
        return writer.Written.ToArray();
    }

    internal static void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RecordWriter joined)
    {
        StreamHead a = Decode(left);
        StreamHead b = Decode(right);
        StreamHead larger = a.Generation > b.Generation ? a
            : a.Generation < b.Generation ? b
            : new StreamHead(
                a.Generation,
                a.LastId > b.LastId ? a.LastId : b.LastId,
                a.DeletedId > b.DeletedId ? a.DeletedId : b.DeletedId,
                Math.Max(a.Removed, b.Removed));
        larger.Write(joined);
    }
}
