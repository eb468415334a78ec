namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// The causal join of anti-entropy: keeps what both hold and what the other side has not seen; "you do not have it, yet
/// your applied vector covers it" means you deleted it.
/// </summary>
public static class CausalJoin
{
    /// <summary>Joins the states of two replicas.</summary>
    /// <param name="mine">This side's state, or null.</param>
    /// <param name="theirs">The other side's state, or null.</param>
    /// <param name="myApplied">Whether this side's applied vector covers a dot.</param>
    /// <param name="theirApplied">Whether the other side's vector, taken before its state was read, covers a dot.
    /// </param>
    /// <param name="now">A fresh stamp of this side; slots found reset carry it as version.</param>
    /// <returns>The joined state; neither input is changed.</returns>
    public static Cell Of(
        Cell? mine, Cell? theirs, Func<Dot, bool> myApplied, Func<Dot, bool> theirApplied, Stamp now)
    {
        ArgumentNullException.ThrowIfNull(myApplied);
        ArgumentNullException.ThrowIfNull(theirApplied);
        Cell left = mine?.Clone() ?? new Cell();
        Cell right = theirs?.Clone() ?? new Cell();
        Cell leftBefore = left.Clone();
        KillUnknown(left, right, theirApplied, now);
        KillUnknown(right, leftBefore, myApplied, now);
        left.Join(right);
        return left;
    }

    private static void KillUnknown(Cell cell, Cell other, Func<Dot, bool> otherApplied, Stamp now)
    {
        for (int i = 0; i < cell.DotList.Count; i++)
        {
            CellDot dot = cell.DotList[i];
            int at = other.FindDot(dot.Origin);
            bool same = at >= 0 && other.DotList[at].Stamp == dot.Stamp && other.DotList[at].State != DotState.Dead;
            if (dot.State != DotState.Dead && !same && otherApplied(dot.Dot))
            {
                cell.DotList[i] = new CellDot(dot.Origin, dot.Stamp, DotState.Dead, default);
            }
        }

        for (int i = 0; i < cell.DeadlineList.Count; i++)
        {
            CellDeadline entry = cell.DeadlineList[i];
            int at = other.FindDeadline(entry.Origin);
            bool same = at >= 0 && other.DeadlineList[at] == entry;
            if (entry.IsLive && !same && otherApplied(new Dot(entry.Stamp, entry.Origin)))
            {
                cell.DeadlineList[i] = entry with { Deadline = Cell.DeadDeadline };
            }
        }

        for (int i = 0; i < cell.SlotList.Count; i++)
        {
            CounterSlot slot = cell.SlotList[i];
            CounterSlot? theirs = other.FindSlot(slot.Origin);
            bool newer = theirs is not { } known || slot.Generation > known.Generation ||
                (slot.Generation == known.Generation && slot.Updated > known.Updated);
            if (newer && slot.IsPresent && otherApplied(new Dot(slot.Updated, slot.Origin)))
            {
                cell.SlotList[i] = slot.Reset();
                cell.Version = Stamp.Max(cell.Version, now);
            }
        }
    }
}
