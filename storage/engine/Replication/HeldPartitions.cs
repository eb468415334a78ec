using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>The partitions of which this node has a complete copy, and those whose data is still to be removed. A node alone
/// has all.</summary>
internal sealed class HeldPartitions
{
    private readonly Lock _gate = new();
    private readonly bool[] _isHeld = new bool[Limits.Partitions];
    private readonly SortedDictionary<ushort, Stamp> _dropped = [];
    private volatile PartitionSet _all = PartitionSet.All;

    public HeldPartitions() => Array.Fill(_isHeld, true);

    /// <summary>All of them, as of now.</summary>
    public PartitionSet All => _all;

    public bool Contains(ushort partition) => Volatile.Read(ref _isHeld[partition]);

    public void Set(IEnumerable<ushort> partitions, bool isHeld)
    {
        lock (_gate)
        {
            foreach (ushort partition in partitions)
            {
                Volatile.Write(ref _isHeld[partition], isHeld);
            }

            _all = PartitionSet.Where(partition => _isHeld[partition]);
        }
    }

    /// <summary>Partitions that were dropped and may still have data, and up to where what this node wrote there is with the
    /// owners.</summary>
    public IReadOnlyList<(ushort Partition, Stamp Written)> Dropped
    {
        get
        {
            lock (_gate)
            {
                return [.. _dropped.Select(dropped => (dropped.Key, dropped.Value))];
            }
        }
    }

    public bool IsDropped(ushort partition)
    {
        lock (_gate)
        {
            return _dropped.ContainsKey(partition);
        }
    }

    public void AddDropped(ushort partition, Stamp written)
    {
        lock (_gate)
        {
            _dropped[partition] = written;
        }
    }

    public void RemoveDropped(ushort partition)
    {
        lock (_gate)
        {
            _dropped.Remove(partition);
        }
    }

    /// <summary><c>set (see PartitionSet) | n u16 x { partition u16 that was dropped | written u64 }</c></summary>
    public void Write(RecordWriter writer)
    {
        All.Write(writer);
        IReadOnlyList<(ushort Partition, Stamp Written)> dropped = Dropped;
        writer.WriteUInt16((ushort)dropped.Count);
        foreach ((ushort partition, Stamp written) in dropped)
        {
            writer.WriteUInt16(partition);
            writer.WriteUInt64(written.Value);
        }
    }

    public static HeldPartitions Read(ref RecordReader reader)
    {
        var held = new HeldPartitions();
        PartitionSet all = PartitionSet.Read(ref reader);
        held.Set(PartitionSet.Where(partition => !all.Contains(partition)).Members, isHeld: false);
        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            ushort partition = reader.ReadUInt16();
            RecordCheck.Require(partition < Limits.Partitions, "partition out of range");
            held.AddDropped(partition, new Stamp(reader.ReadUInt64()));
        }

        return held;
    }
}
