using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>Reads keys of partitions this node does not hold from those who do, and lets others read from here.</summary>
internal sealed class ReadThrough : IPeerProtocol
{
    private readonly IReplica _replica;
    private readonly ReadOptions _options;
    private readonly PartitionKeeper _partitions;
    private readonly Action _wake;
    private ClusterView? _view;
    private long _seenAt;

    /// <param name="replica">This node.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="outbox">Where messages go.</param>
    /// <param name="seed">Of hashes of names.</param>
    /// <param name="partitions">Who has which partition.</param>
    /// <param name="wake">Lets the thread of the protocol look again at once.</param>
    public ReadThrough(
        IReplica replica, ReadOptions options, Queue<Outgoing> outbox, long seed, PartitionKeeper partitions, Action wake)
    {
        (_replica, _options, _partitions, _wake) = (replica, options, partitions, wake);
        Table = new LeaseTable(options, seed, wake);
        Holder = new LeaseHolder(replica, options, outbox, Table, partitions);
        Giver = new LeaseGiver(replica, options, outbox, seed);
    }

    /// <summary>What may be answered from here.</summary>
    public LeaseTable Table { get; }

    public LeaseHolder Holder { get; }

    public LeaseGiver Giver { get; }

    public bool Takes(MessageKind kind) => kind is >= MessageKind.Fetch and <= MessageKind.Released;

    public void Follow(ClusterView view, long now)
    {
        _view = view;
        Holder.Follow(view);
    }

    public void Connect(ushort node, long now)
    {
        Giver.Connect(node);
        Holder.Connect(node, now);
    }

    public void Disconnect(ushort node)
    {
        Giver.Disconnect(node);
        Holder.Disconnect(node);
    }

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        var kind = (MessageKind)reader.ReadByte();
        switch (kind)
        {
            case MessageKind.Fetch:
                Giver.Take(node, FetchMessage.Read(ref reader), now);
                break;
            case MessageKind.Taken:
                Giver.Taken(node, reader.ReadUInt64());
                break;
            case MessageKind.Released:
                Giver.Release(node, KeyNames.Read(ref reader));
                break;
            default:
                Holder.Take(node, kind, ref reader, message, now);
                break;
        }
    }

    public void Tick(long now)
    {
        Table.Now = now;
        if (now >= _seenAt)
        {
            _seenAt = now + _options.SeenMilliseconds;
            FindSeen();
        }

        Holder.Tick(now);
        Giver.Tick(now);
        if (Giver.HasMore)
        {
            _wake();
        }
    }

    public IReadOnlyList<ClusterFigure> ReadFigures() =>
    [
        new("copied_keys", "Keys of partitions not held here that are copied, or known to be nowhere.", Table.Count),
        new("leases_given", "Leases that other nodes have on keys and partitions held here.", Giver.Leases),
        new("fetches_waiting", "Keys that calls wait for.", Holder.Waiting),
        new("fetches_total", "Questions to owners, for keys and for whether copies are still good.", Holder.Asked),
        new("fetches_served_total", "Keys that other nodes asked for.", Giver.Fetches),
        new("fetches_alone_total", "Keys answered from what was here, because no owner could be reached.", Holder.AnsweredAlone),
        new("copies_told_total", "Changes of copied keys that owners told of.", Holder.Told),
    ];

    /// <summary>Finds out what of this node's writes all owners have.</summary>
    private void FindSeen()
    {
        if (_view is not { } view)
        {
            return;
        }

        PartitionSet held = _replica.Holdings.Held;
        for (ushort partition = 0; partition < Limits.Partitions && !held.IsAll; partition++)
        {
            if (!held.Contains(partition))
            {
                Table.SetSeen(partition, SeenBy(view.Owners.Of(partition), partition));
            }
        }
    }

    private Stamp SeenBy(ReadOnlySpan<ushort> owners, ushort partition)
    {
        Stamp? seen = null;
        foreach (ushort owner in owners)
        {
            if (owner != _replica.Origin.Node)
            {
                Stamp by = _partitions.AppliedBy(owner, partition);
                seen = seen is null || by < seen ? by : seen;
            }
        }

        return seen ?? Stamp.Zero;
    }
}
