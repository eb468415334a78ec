namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// Which nodes keep each partition, as one flat table of node numbers. The first owner of a partition coordinates
/// interest in it; it is no primary.
/// </summary>
public sealed class OwnerTable
{
    private readonly ushort[] _nodes;

    /// <summary>Wraps a table.</summary>
    /// <param name="width">Owners of every partition; 0 when nobody can own anything.</param>
    /// <param name="nodes">The owners of partition 0, then those of 1, and so on.</param>
    public OwnerTable(int width, ushort[] nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        Invariant.That(nodes.Length == width * Limits.Partitions, "every partition has as many owners");
        (Width, _nodes) = (width, nodes);
    }

    /// <summary>Nobody owns anything.</summary>
    public static OwnerTable Empty { get; } = new(0, []);

    /// <summary>How many owners every partition has.</summary>
    public int Width { get; }

    /// <summary>The owners of a partition, the first one first.</summary>
    /// <param name="partition">0 to 4095.</param>
    public ReadOnlySpan<ushort> Of(ushort partition) => _nodes.AsSpan(partition * Width, Width);

    /// <summary>Whether a node is among the owners of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="node">The node's number.</param>
    public bool Owns(ushort partition, ushort node) => Of(partition).Contains(node);

    /// <summary>One node owns everything.</summary>
    /// <param name="node">Its number.</param>
    public static OwnerTable Alone(ushort node)
    {
        var nodes = new ushort[Limits.Partitions];
        Array.Fill(nodes, node);
        return new OwnerTable(1, nodes);
    }
}
