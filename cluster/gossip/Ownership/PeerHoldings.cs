using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What one peer has of the partitions, as it says; where nodes keep everything, nothing is said.</summary>
internal sealed class PeerHoldings(ushort node, bool isPartial)
{
    private uint _version;
    private StatusMessage? _status;

    public ushort Node => node;

    public bool IsConnected { get; private set; }

    /// <summary>What it has; null until it has said so on this connection.</summary>
    public Holding? Holding { get; private set; }

    /// <summary>The origin it writes under; null until it is known.</summary>
    public Origin? Origin => _status?.Origin;

    /// <summary>What it has applied in its attached partitions, as long as that is said of what it holds now.</summary>
    public VersionVector? Applied => _status is { } status && status.Holding == _version && Holding is not null
        ? status.Applied
        : null;

    public void Connect()
    {
        IsConnected = true;
        (Holding, _version) = isPartial ? (null, 0u) : (Ownership.Holding.Everything, 1u);
        _status = null;
    }

    public void Disconnect()
    {
        // What it had is what it has, as far as what may be forgotten depends on it.
        IsConnected = false;
        _status = null;
    }

    public void Hear(HoldingMessage message)
    {
        if (message.Version >= _version)
        {
            (_version, Holding) = (message.Version, message.Holding);
        }
    }

    public void Hear(StatusMessage status) => _status = status;

    /// <summary>Whether it has a complete copy of a partition and can be asked for it.</summary>
    public bool Holds(ushort partition) => IsConnected && Holding is { } holding && holding.Held.Contains(partition);

    /// <summary>Whether it has a copy of a partition, complete or left over.</summary>
    public bool Keeps(ushort partition) => IsConnected && Holding is { } holding && holding.Kept.Contains(partition);

    /// <summary>Whether it has applied in a partition all that a vector covers.</summary>
    public bool Covers(ushort partition, VersionVector vector) =>
        Applied is { } applied && Holding!.Attached.Contains(partition) &&
        vector.Entries.All(entry => applied[entry.Key] >= entry.Value);

    /// <summary>Whether it has applied in a partition what an origin wrote up to a stamp.</summary>
    public bool Covers(ushort partition, Dot written) =>
        Applied is { } applied && Holding!.Whole.Contains(partition) && applied[written.Origin] >= written.Stamp;
}
