using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>What a command does, for the oracle.</summary>
public enum OperationKind
{
    Put,
    Increment,
    Expire,
    Remove,
    Clear,
}

/// <summary>One operation and what its replica knew when it was made: all the oracle needs.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The key; for a clear the first of its collection.</param>
/// <param name="Dot">Its identity.</param>
/// <param name="Amount">What an increment adds.</param>
/// <param name="Deadline">What a put or an EXPIRE says.</param>
/// <param name="Covered">The operations it removes, replaces or resets.</param>
/// <param name="CoveredDeadlines">The operations whose deadlines it replaces.</param>
public sealed record Operation(
    OperationKind Kind,
    int Key,
    Dot Dot,
    int Amount,
    long Deadline,
    IReadOnlySet<int> Covered,
    IReadOnlySet<int> CoveredDeadlines);

/// <summary>What a reader sees of one key, as text that two sides compare.</summary>
/// <param name="Dots">The live dots.</param>
/// <param name="HasCounter">Whether an increment is left.</param>
/// <param name="Sum">What the increments left add up to.</param>
/// <param name="Deadline">The effective deadline.</param>
public sealed record KeyView(string Dots, bool HasCounter, Int128 Sum, long Deadline)
{
    public static KeyView Absent { get; } = new("", false, 0, Cell.NoDeadline);
}
