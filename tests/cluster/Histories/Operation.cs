namespace Marekvs.Cluster.Tests.Histories;

/// <summary>What a client did.</summary>
internal enum Verb
{
    /// <summary>Adds 1 to a counter; the answer is what it is then.</summary>
    Increment,

    /// <summary>Adds an element, which nobody adds twice, to a collection.</summary>
    Add,

    /// <summary>Removes an element; the answer is how many were there.</summary>
    Remove,

    /// <summary>Sets a register to a value that nobody sets twice.</summary>
    Write,

    /// <summary>Reads a register; the answer is its value.</summary>
    Read,
}

/// <summary>How it ended.</summary>
internal enum Outcome
{
    /// <summary>The node said that it is done.</summary>
    Acknowledged,

    /// <summary>The node said that it is not done.</summary>
    Failed,

    /// <summary>Nobody said anything: it may have happened, or may happen still.</summary>
    Indeterminate,
}

/// <summary>One call of one client.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Session">Its connection, counted from 1.</param>
/// <param name="Verb">What.</param>
/// <param name="Place">The counter, collection or register.</param>
/// <param name="Value">The element or value.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Answer">What the node answered, when it did.</param>
internal sealed record Operation(
    int Client, int Session, Verb Verb, string Place, string Value, Outcome Outcome, string? Answer);
