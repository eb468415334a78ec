namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>What nodes tell of themselves. The numbers are on the wire; they are append-only.</summary>
internal enum MemberKey : ushort
{
    /// <summary>One byte of <see cref="Abstractions.Cluster.MemberState"/>.</summary>
    State = 1,

    /// <summary>The name or address it is reached under, in UTF-8.</summary>
    Host = 2,

    /// <summary>Four ports of 2 bytes: gossip, mesh, RESP, HTTP; 0 is unknown.</summary>
    Ports = 3,

    /// <summary>Its origin, 4 bytes.</summary>
    Origin = 4,

    /// <summary>Identity of its journal, 16 bytes.</summary>
    Journal = 5,

    /// <summary>Its zone, in UTF-8.</summary>
    Zone = 6,

    /// <summary>Hash of the record kinds it knows, 8 bytes.</summary>
    Fingerprint = 7,

    /// <summary>From here on keys are free for what else nodes tell each other.</summary>
    FirstFree = 256,
}

/// <summary>A value a node tells of itself.</summary>
/// <param name="Version">The version its owner gave it.</param>
/// <param name="Value">Null when it was taken back.</param>
internal readonly record struct MemberEntry(ulong Version, byte[]? Value);

/// <summary>One line of a digest: what its sender knows of a node.</summary>
/// <param name="Number">The node.</param>
/// <param name="Generation">Which life of it.</param>
/// <param name="Heartbeat">The newest heartbeat.</param>
/// <param name="Version">The newest version of its map.</param>
internal readonly record struct DigestLine(ushort Number, ulong Generation, ulong Heartbeat, ulong Version);

/// <summary>What somebody lacks of a node's map.</summary>
/// <param name="Number">The node.</param>
/// <param name="Generation">Which life of it.</param>
/// <param name="After">The version it continues; 0 when it is the whole map.</param>
/// <param name="Version">The version it leads to.</param>
/// <param name="CollectedThrough">Values taken back up to this version are not mentioned any more.</param>
/// <param name="Entries">The values.</param>
internal sealed record MemberDelta(
    ushort Number, ulong Generation, ulong After, ulong Version, ulong CollectedThrough,
    IReadOnlyList<KeyValuePair<MemberKey, MemberEntry>> Entries);
