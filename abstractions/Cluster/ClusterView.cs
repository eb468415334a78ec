using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>The members as one node sees them, and who keeps which partition; a value that never changes.</summary>
/// <param name="Number">Grows with every view of this node.</param>
/// <param name="Members">All known nodes, in the order of their numbers.</param>
/// <param name="Replicas">Copies there should be of every partition.</param>
/// <param name="Owners">The members that shall keep each partition: active ones only.</param>
/// <param name="Sources">The members that may still have it as well: leaving ones are asked too.</param>
public sealed record ClusterView(
    long Number, IReadOnlyList<ClusterMember> Members, int Replicas, OwnerTable Owners, OwnerTable Sources)
{
    /// <summary>This node.</summary>
    public ClusterMember Self => Members.First(m => m.IsSelf);

    /// <summary>The member with a number, or null.</summary>
    /// <param name="node">Its number.</param>
    public ClusterMember? Find(ushort node) => Members.FirstOrDefault(m => m.Origin.Node == node);
}

/// <summary>One member.</summary>
/// <param name="Origin">Its number and incarnation.</param>
/// <param name="IsSelf">Whether it is this node.</param>
/// <param name="State">Joining, active, leaving, left or down.</param>
public sealed record ClusterMember(Origin Origin, bool IsSelf, MemberState State)
{
    /// <summary>Forty hexadecimal digits, the same on every node and after every restart.</summary>
    public string Id { get; init; } = "";

    /// <summary>The address or name under which clients and peers reach it.</summary>
    public string Host { get; init; } = "";

    /// <summary>Where clients connect; 0 while it is unknown.</summary>
    public int RespPort { get; init; }

    /// <summary>Where HTTP is served; 0 while it is unknown.</summary>
    public int HttpPort { get; init; }

    /// <summary>Where peers connect to exchange data.</summary>
    public int MeshPort { get; init; }

    /// <summary>Where peers send datagrams.</summary>
    public int GossipPort { get; init; }

    /// <summary>What fails together, such as a rack; empty when nothing is said.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its journal.</summary>
    public Guid JournalIdentity { get; init; }

    /// <summary>A hash of the record kinds it knows.</summary>
    public ulong RecordFingerprint { get; init; }

    /// <summary>Milliseconds since 1970 when it was last heard of, by this node's clock.</summary>
    public long HeardAt { get; init; }
}

/// <summary>The life of a member. The numbers reach the wire; they are append-only.</summary>
public enum MemberState : byte
{
    /// <summary>Bringing its data up to date; owns nothing.</summary>
    Joining = 0,

    /// <summary>Serves and owns.</summary>
    Active = 1,

    /// <summary>Hands over; a source, not a target.</summary>
    Leaving = 2,

    /// <summary>Gone on purpose.</summary>
    Left = 3,

    /// <summary>Not heard of.</summary>
    Down = 4,
}
