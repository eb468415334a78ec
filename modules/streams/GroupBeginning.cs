using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// Where a group begins to read.
/// <code>
/// stamp u64 | origin u32 | start ms u64 | start seq u64 | read i64       little-endian
/// </code>
/// XGROUP CREATE and XGROUP SETID write one. Those written without knowledge of each other all count; nearly always there
/// is one.
/// </summary>
/// <param name="Generation">The write that made it; cursors belong to one.</param>
/// <param name="Start">What is new lies behind this id.</param>
/// <param name="Read">Entries up to there, or <see cref="StreamGroup.UnknownRead"/>.</param>
internal readonly record struct GroupBeginning(Dot Generation, StreamId Start, long Read)
{
    internal const int Bytes = 36;

    /// <summary>The beginnings of a group, the earliest first; none when there is no such group.</summary>
    internal static List<GroupBeginning> Of(Key key, ReadOnlySpan<byte> group)
    {
        List<GroupBeginning> beginnings = new(capacity: 1);
        foreach (CellDot dot in key.DotsOf(StreamRecords.Group, group))
        {
            if (dot.IsLive)
            {
                beginnings.Add(Decode(dot.Payload.Span));
            }
        }

        beginnings.Sort(static (a, b) => (a.Start, b.Generation).CompareTo((b.Start, a.Generation)));
        return beginnings;
    }

    internal static GroupBeginning Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        var generation = new Dot(new Stamp(reader.ReadUInt64()), new Origin(reader.ReadUInt32()));
        return new GroupBeginning(
            generation, new StreamId(reader.ReadUInt64(), reader.ReadUInt64()), reader.ReadInt64());
    }

    internal byte[] ToPayload()
    {
        var writer = new RecordWriter(Bytes);
        writer.WriteUInt64(Generation.Stamp.Value);
        writer.WriteUInt32(Generation.Origin.Value);
        writer.WriteUInt64(Start.Milliseconds);
        writer.WriteUInt64(Start.Sequence);
        writer.WriteInt64(Read);
        return writer.Written.ToArray();
    }
}
