namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// What a write adds to a <see cref="Cell"/>: the least lattice element that joined onto what the writer sees gives the
/// state after the write. It is journaled, shipped to the peers and joined there like any other state; it may carry as
/// live only the writer's own dot.
/// <para>See Almeida et al., "Delta State Replicated Data Types" (arXiv 1603.01529), for dotted deltas.</para>
/// </summary>
public static class CellDelta
{
    /// <summary>
    /// The delta of a write: the writer's own live dot, and "dead" for every other live dot it saw. A plain write
    /// also resets the counter slots it saw and covers the register.
    /// </summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="payload">The value; kept by reference.</param>
    /// <param name="state">A live state, or <see cref="DotState.Final"/>, which has no payload.</param>
    /// <param name="deadline">The deadline that comes with the value, or <see cref="Cell.NoDeadline"/>.</param>
    public static Cell Put(
        Cell? current,
        Dot dot,
        ReadOnlyMemory<byte> payload,
        DotState state = DotState.Live,
        long deadline = Cell.NoDeadline)
    {
        Invariant.That(state != DotState.Dead, "a put leaves a dot of its own");
        Cell delta = Remove(current, dot);
        if (delta.FindDot(dot.Origin) is int own and >= 0)
        {
            delta.DotList.RemoveAt(own);
        }

        if (delta.FindDeadline(dot.Origin) is int ownDeadline and >= 0)
        {
            delta.DeadlineList.RemoveAt(ownDeadline);
        }

        delta.AddDot(new CellDot(dot.Origin, dot.Stamp, state, payload));
        if (deadline != Cell.NoDeadline)
        {
            delta.AddDeadline(new CellDeadline(dot.Origin, dot.Stamp, deadline));
        }

        return delta;
    }

    /// <summary>The delta of a removal: dead for every dot and live register entry seen, reset for every slot seen.
    /// </summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write; it leaves no dot of its own.</param>
    public static Cell Remove(Cell? current, Dot dot)
    {
        var delta = new Cell();
        if (current is null)
        {
            return delta;
        }

        foreach (CellDot seen in current.DotList)
        {
            if (seen.State != DotState.Dead)
            {
                delta.DotList.Add(new CellDot(seen.Origin, seen.Stamp, DotState.Dead, default));
            }
        }

        CoverDeadlines(delta, current);
        foreach (CounterSlot seen in current.SlotList)
        {
            if (seen.IsPresent)
            {
                delta.AddSlot(seen.Reset(), dot.Stamp);
            }
        }

        return delta;
    }

    /// <summary>The delta of an increment: the writer's own slot, and nothing else while something is visible. A counter
    /// that begins where nothing is visible covers the deadlines seen, or one that a deletion did not see would become
    /// its own.</summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="amount">What is added.</param>
    public static Cell Increment(Cell? current, Dot dot, CounterSum amount)
    {
        var delta = new Cell();
        delta.AddSlot(CounterSlot.Add(current?.FindSlot(dot.Origin), dot, amount), dot.Stamp);
        if (current is { IsVisible: false })
        {
            CoverDeadlines(delta, current);
        }

        return delta;
    }

    /// <summary>The delta of EXPIRE or PERSIST: the writer's own entry, and "dead" for every other live one it saw,
    /// implicit ones included.</summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="deadline">Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</param>
    public static Cell Expire(Cell? current, Dot dot, long deadline)
    {
        var delta = new Cell();
        if (current is not null)
        {
            foreach (CellDot seen in current.DotList)
            {
                if (seen.IsLive && seen.Origin != dot.Origin && current.FindDeadline(seen.Origin) < 0)
                {
                    delta.AddDeadline(new CellDeadline(seen.Origin, seen.Stamp, Cell.DeadDeadline));
                }
            }

            foreach (CellDeadline seen in current.DeadlineList)
            {
                if (seen.IsLive && seen.Origin != dot.Origin)
                {
                    delta.AddDeadline(seen with { Deadline = Cell.DeadDeadline });
                }
            }
        }

        delta.AddDeadline(new CellDeadline(dot.Origin, dot.Stamp, deadline));
        return delta;
    }

    private static void CoverDeadlines(Cell delta, Cell seen)
    {
        foreach (CellDeadline entry in seen.DeadlineList)
        {
            if (entry.IsLive)
            {
                delta.DeadlineList.Add(entry with { Deadline = Cell.DeadDeadline });
            }
        }
    }
}
