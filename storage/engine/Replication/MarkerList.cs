using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>The records that held markers when a checkpoint was made.
/// <code>n u32 x { partition u16 | length varint, name | length varint, suffix }</code>
/// </summary>
internal sealed record MarkerList(IReadOnlyList<(ushort Partition, byte[] Name, byte[] Suffix)> Records)
{
    public static readonly MarkerList Empty = new([]);

    public static MarkerList Of(MarkedRecord[] records) => new(
        [.. records.Select(record => (record.Entry.Partition, record.Entry.Name, record.Suffix))]);

    public void Write(RecordWriter writer)
    {
        writer.WriteUInt32((uint)Records.Count);
        foreach ((ushort partition, byte[] name, byte[] suffix) in Records)
        {
            writer.WriteUInt16(partition);
            writer.WriteLength(name.Length);
            writer.WriteBytes(name);
            writer.WriteLength(suffix.Length);
            writer.WriteBytes(suffix);
        }
    }

    public static MarkerList Read(ref RecordReader reader)
    {
        var records = new List<(ushort, byte[], byte[])>();
        for (uint n = reader.ReadUInt32(); n > 0; n--)
        {
            records.Add((
                reader.ReadUInt16(), reader.ReadBytes(reader.ReadLength()).ToArray(),
                reader.ReadBytes(reader.ReadLength()).ToArray()));
        }

        return new MarkerList(records);
    }
}
