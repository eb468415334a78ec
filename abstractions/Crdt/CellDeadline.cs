namespace Marekvs.Abstractions.Crdt;

/// <summary>One origin's entry in the time-to-live register.</summary>
/// <param name="Origin">The writer.</param>
/// <param name="Stamp">Its stamp.</param>
/// <param name="Deadline">Unix milliseconds; <see cref="Cell.NoDeadline"/> for none;
/// <see cref="Cell.DeadDeadline"/> for an entry that a later write saw and replaced.</param>
public readonly record struct CellDeadline(Origin Origin, Stamp Stamp, long Deadline)
{
    /// <summary>Whether the entry was not replaced.</summary>
    public bool IsLive => Deadline != Cell.DeadDeadline;
}
