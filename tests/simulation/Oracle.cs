using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Simulation.Tests;

/// <summary>
/// Remembers what was acknowledged and what its writer had seen: a removal removes what its node had applied or was shown,
/// no more and no less. What was lost with a disk before anybody else had it may have happened or not.
/// </summary>
internal sealed class Oracle
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Notes an acknowledged command of a node.</summary>
    /// <param name="kind">What it did.</param>
    /// <param name="node">Where.</param>
    /// <param name="key">The key; empty for all.</param>
    /// <param name="element">The element, or empty.</param>
    /// <param name="amount">What was added or written.</param>
    /// <param name="shown">What the node showed of the key just before.</param>
    public void Add(
        OperationKind kind, SimulatedNode node, string key, string element, long amount, IReadOnlyCollection<string> shown)
    {
        var dot = new Dot(node.Keyspace.Clock.Last, node.Keyspace.Origin);
        var operation = new Operation(kind, key, element, amount, dot);
        foreach (Operation other in _operations.Where(operation.Removes))
        {
            if (kind == OperationKind.Flush ? node.Replica.Applied.Covers(other.Dot) : Knows(node, other) || shown.Contains(other.Text))
            {
                operation.Covered.Add(other);
            }
            else if (!node.Keyspace.Context.IsTidy(other.Partition) || kind == OperationKind.Flush)
            {
                // It may be among what came out of order, which only the node knows; and a flush removes for sure what is
                // applied in all partitions.
                other.IsDoubtful = true;
            }
        }

        operation.IsDoubtful = kind == OperationKind.Count &&
            _operations.Exists(flush => flush.Kind == OperationKind.Flush && !Knows(node, flush));
        _operations.Add(operation);
    }

    /// <summary>A node came back without what it had; what nobody has any more is in doubt.</summary>
    public void Doubt(IEnumerable<SimulatedNode> nodes)
    {
        SimulatedNode[] witnesses = [.. nodes.Where(node => node.IsUp)];
        foreach (Operation operation in _operations)
        {
            operation.IsDoubtful |= !witnesses.Any(node => Knows(node, operation));
        }
    }

    /// <summary>Writes of a key that must, and that may, be there.</summary>
    public (HashSet<string> Must, HashSet<string> May) WritesOf(string key)
    {
        Operation[] left = Left(key, OperationKind.Write, out HashSet<Operation> maybeGone);
        return ([.. left.Where(o => !maybeGone.Contains(o)).Select(o => o.Text)], [.. left.Select(o => o.Text)]);
    }

    /// <summary>The least and the greatest a counter may be; nothing negative is added.</summary>
    public (long Least, long Most) CountOf(string key)
    {
        Operation[] left = Left(key, OperationKind.Count, out HashSet<Operation> maybeGone);
        return (left.Where(o => !maybeGone.Contains(o)).Sum(o => o.Amount), left.Sum(o => o.Amount));
    }

    /// <summary>Elements of a key that were surely removed.</summary>
    public IEnumerable<string> RemovalsOf(string key) =>
        _operations.Where(o => o.Kind == OperationKind.Remove && o.Key == key && !o.IsDoubtful).Select(o => o.Text);

    private static bool Knows(SimulatedNode node, Operation operation) =>
        node.Keyspace.Context.IsApplied(operation.Partition, operation.Dot);

    private Operation[] Left(string key, OperationKind kind, out HashSet<Operation> maybeGone)
    {
        HashSet<Operation> gone = [.. _operations.Where(o => !o.IsDoubtful).SelectMany(o => o.Covered)];
        maybeGone = [.. _operations.Where(o => o.IsDoubtful).SelectMany(o => o.Covered.Append(o))];
        return [.. _operations.Where(o => o.Kind == kind && o.Key == key && !gone.Contains(o))];
    }
}

/// <summary>What a command does.</summary>
internal enum OperationKind
{
    /// <summary>Adds an element, or replaces a string.</summary>
    Write,

    /// <summary>Adds to a counter.</summary>
    Count,

    /// <summary>Removes an element.</summary>
    Remove,

    /// <summary>Deletes a key.</summary>
    Delete,

    /// <summary>Deletes everything.</summary>
    Flush,
}

/// <summary>An acknowledged command.</summary>
internal sealed class Operation(OperationKind kind, string key, string element, long amount, Dot dot)
{
    public OperationKind Kind => kind;

    public string Key => key;

    public long Amount => amount;

    public Dot Dot => dot;

    public ushort Partition { get; } = KeyAddress.PartitionOf(Encoding.Latin1.GetBytes(key));

    /// <summary>What it wrote, different for every write.</summary>
    public string Text => element.Length > 0 ? element : amount.ToString(CultureInfo.InvariantCulture);

    /// <summary>What its node had seen of what it removes.</summary>
    public List<Operation> Covered { get; } = [];

    /// <summary>It may have happened or not.</summary>
    public bool IsDoubtful { get; set; }

    private string Element => element;

    /// <summary>Whether it removes another operation's effect, if its node has seen it.</summary>
    public bool Removes(Operation other) => other.Kind is OperationKind.Write or OperationKind.Count && Kind switch
    {
        OperationKind.Write => other.Key == Key && Element.Length == 0,
        OperationKind.Remove => other.Key == Key && other.Element == Element,
        OperationKind.Delete => other.Key == Key,
        OperationKind.Flush => true,
        _ => false,
    };

    public override string ToString() => $"{Kind} {Key} {Text} at {Dot.Origin}/{Dot.Stamp.Value:x}";
}
