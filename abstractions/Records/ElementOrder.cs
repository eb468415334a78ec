namespace Marekvs.Abstractions.Records;

/// <summary>The order in which elements of one kind lie in memory and in the store, and in which they are walked.
/// </summary>
public enum ElementOrder
{
    /// <summary>By the bytes of their names: for types with an order of their own.</summary>
    ByName,

    /// <summary>By a hash of their names, which is the same on every node: for types without an order. A walk can be
    /// taken up again at a number (<see cref="Key.ScanFrom"/>) whatever came and went in between.</summary>
    ByHash,
}
