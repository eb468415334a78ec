using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>Those who give leases, and which of them to ask for a partition.</summary>
internal sealed class LeaseSources(IReplica replica, ReadOptions options, LeaseTable table, PartitionKeeper partitions)
{
    private readonly SortedDictionary<ushort, LeaseSource> _sources = [];
    private ClusterView? _view;

    public IEnumerable<LeaseSource> All => _sources.Values;

    public void Follow(ClusterView view) => _view = view;

    public LeaseSource Of(ushort node)
    {
        if (!_sources.TryGetValue(node, out LeaseSource? source))
        {
            _sources.Add(node, source = new LeaseSource(node, table.Now));
        }

        return source;
    }

    /// <summary>Who can be asked for a partition: owners that hold it, then others that do, such as those that owned it
    /// until just now. Who holds what may not be known yet; then the owners must know.</summary>
    public Queue<ushort> ToAsk(ushort partition)
    {
        if (_view is null)
        {
            return new Queue<ushort>();
        }

        ushort[] owners = [.. _view.Owners.Of(partition), .. _view.Sources.Of(partition)];
        ushort[] connected = [.. owners.Concat(_sources.Keys).Distinct().Where(
            node => node != replica.Origin.Node && Of(node).IsConnected)];
        ushort[] holders = [.. connected.Where(node => partitions.IsHeldBy(node, partition))];
        return new Queue<ushort>(holders.Length > 0 ? holders : connected.Where(owners.Contains));
    }

    /// <summary>Up to when it makes sense to look for owners of a partition: not where all are long gone.</summary>
    public long PatienceFor(ushort partition, long now)
    {
        bool isHopeless = _view is { } view && view.Owners.Of(partition).ToArray()
            .Where(node => node != replica.Origin.Node)
            .All(node => Of(node) is { IsConnected: false } source && now - source.GoneAt >= options.PatienceMilliseconds);
        return isHopeless ? now : now + options.PatienceMilliseconds;
    }
}
