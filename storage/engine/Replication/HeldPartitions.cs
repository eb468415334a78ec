using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>The partitions of which this node has a complete copy. A node alone has all.</summary>
internal sealed class HeldPartitions
{
    private readonly Lock _gate = new();
    private readonly bool[] _isHeld = new bool[Limits.Partitions];
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

    /// <summary>See <see cref="PartitionSet"/>.</summary>
    public void Write(RecordWriter writer) => All.Write(writer);

    public static HeldPartitions Read(ref RecordReader reader)
    {
        var held = new HeldPartitions();
        PartitionSet all = PartitionSet.Read(ref reader);
        held.Set(PartitionSet.Where(partition => !all.Contains(partition)).Members, isHeld: false);
        return held;
    }
}
