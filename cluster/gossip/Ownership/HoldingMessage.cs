using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>
/// What the sender has of the partitions.
/// <code>
/// kind u8 | version u32 | held | kept | whole | attached       four sets, see PartitionSet
/// </code>
/// </summary>
/// <param name="Version">Grows with every change while the sender runs; its status messages name it.</param>
/// <param name="Holding">What it has.</param>
internal readonly record struct HoldingMessage(uint Version, Holding Holding)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Holding);
        writer.WriteUInt32(Version);
        Holding.Held.Write(writer);
        Holding.Kept.Write(writer);
        Holding.Whole.Write(writer);
        Holding.Attached.Write(writer);
    }

    public static HoldingMessage Read(ref RecordReader reader)
    {
        var message = new HoldingMessage(reader.ReadUInt32(), new Holding(
            PartitionSet.Read(ref reader), PartitionSet.Read(ref reader), PartitionSet.Read(ref reader),
            PartitionSet.Read(ref reader)));
        return reader.Remaining == 0 ? message : throw new RecordFormatException("bytes follow what a node holds");
    }
}

/// <summary>What a node has of the partitions.</summary>
/// <param name="Held">Complete copies.</param>
/// <param name="Kept">Those, and copies that wait for the owners to have it all.</param>
/// <param name="Whole">Held ones in which everything counts that the members' streams bring.</param>
/// <param name="Attached">Held ones in which everything counts that the node has applied at all.</param>
internal sealed record Holding(PartitionSet Held, PartitionSet Kept, PartitionSet Whole, PartitionSet Attached)
{
    /// <summary>Of a node that keeps everything.</summary>
    public static Holding Everything { get; } =
        new(PartitionSet.All, PartitionSet.All, PartitionSet.All, PartitionSet.All);
}
