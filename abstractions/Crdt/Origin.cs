namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// The writer of a dot: a node number and its incarnation. A node takes a new incarnation whenever writes of its
/// own past may be missing from its data (new or restored data directory, lost journal tail), because a per-origin
/// maximum is sound only for a writer that always sees its own past.
/// </summary>
/// <remarks>Encoded little-endian, 4 bytes: incarnation in the low half, node in the high half.</remarks>
/// <param name="Value">Node number in the high 16 bits, incarnation in the low 16 bits.</param>
public readonly record struct Origin(uint Value) : IComparable<Origin>
{
    /// <summary>Packs a node number and an incarnation.</summary>
    /// <param name="node">The node number.</param>
    /// <param name="incarnation">The incarnation, from 1.</param>
    public Origin(ushort node, ushort incarnation)
        : this(((uint)node << 16) | incarnation)
    {
    }

    /// <summary>The node number.</summary>
    public ushort Node => (ushort)(Value >> 16);

    /// <summary>The incarnation of that node.</summary>
    public ushort Incarnation => (ushort)Value;

    /// <inheritdoc/>
    public int CompareTo(Origin other) => Value.CompareTo(other.Value);

    /// <summary>Orders origins.</summary>
    public static bool operator <(Origin left, Origin right) => left.Value < right.Value;

    /// <summary>Orders origins.</summary>
    public static bool operator >(Origin left, Origin right) => left.Value > right.Value;

    /// <summary>Orders origins.</summary>
    public static bool operator <=(Origin left, Origin right) => left.Value <= right.Value;

    /// <summary>Orders origins.</summary>
    public static bool operator >=(Origin left, Origin right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => $"{Node}.{Incarnation}";
}

/// <summary>The identity of one write: which origin made it and at which of its stamps.</summary>
/// <param name="Stamp">The stamp the write carries.</param>
/// <param name="Origin">The origin that wrote.</param>
public readonly record struct Dot(Stamp Stamp, Origin Origin) : IComparable<Dot>
{
    /// <summary>Orders by stamp, then origin: the arbitration between writes that did not see each other.</summary>
    public int CompareTo(Dot other) =>
        Stamp == other.Stamp ? Origin.CompareTo(other.Origin) : Stamp.CompareTo(other.Stamp);

    /// <summary>Orders dots.</summary>
    public static bool operator <(Dot left, Dot right) => left.CompareTo(right) < 0;

    /// <summary>Orders dots.</summary>
    public static bool operator >(Dot left, Dot right) => left.CompareTo(right) > 0;

    /// <summary>Orders dots.</summary>
    public static bool operator <=(Dot left, Dot right) => left.CompareTo(right) <= 0;

    /// <summary>Orders dots.</summary>
    public static bool operator >=(Dot left, Dot right) => left.CompareTo(right) >= 0;
}
