namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// One origin's part of a counter: an observed-reset slot. Only the origin writes <see cref="Generation"/>,
/// <see cref="Updated"/> and <see cref="Total"/>; anyone who deletes or overwrites the counter raises
/// <see cref="ResetAt"/> and <see cref="ResetTotal"/> to what it saw, so an increment it did not see survives.
/// The slot is worth <c>Total - ResetTotal</c> and is present while <c>Updated &gt; ResetAt</c>.
/// </summary>
/// <remarks>
/// <code>
/// slot = origin u32 | generation u64 | (updated - generation) varint | total sum
///      | reset varint: 0 none, else (resetAt - generation + 1) | resetTotal sum, when reset is not 0
/// join: larger generation wins whole; equal: (updated, total) by larger updated, (resetAt, resetTotal) by larger
/// resetAt; if updated &lt; resetAt then (updated, total) := (resetAt, resetTotal)
/// </code>
/// </remarks>
/// <param name="Origin">The only writer of the totals.</param>
/// <param name="Generation">Stamp of the first update since the slot was last reset whole.</param>
/// <param name="Updated">Stamp of the newest update.</param>
/// <param name="Total">Cumulative sum at <paramref name="Updated"/>.</param>
/// <param name="ResetAt">The newest update any reset has seen, or zero.</param>
/// <param name="ResetTotal">The cumulative sum at <paramref name="ResetAt"/>.</param>
public readonly record struct CounterSlot(
    Origin Origin, Stamp Generation, Stamp Updated, CounterSum Total, Stamp ResetAt, CounterSum ResetTotal)
{
    /// <summary>Whether some update was not reset.</summary>
    public bool IsPresent => Updated > ResetAt;

    /// <summary>What the slot adds to the counter.</summary>
    public CounterSum Worth => Total - ResetTotal;

    /// <summary>The same slot with everything seen in it reset.</summary>
    public CounterSlot Reset() => this with { ResetAt = Updated, ResetTotal = Total };

    /// <summary>The slot after an addition by its own origin.</summary>
    /// <param name="current">The slot as it is, or null.</param>
    /// <param name="dot">The stamp of this write and the origin that owns the slot.</param>
    /// <param name="delta">What is added.</param>
    /// <returns>A new generation when everything of the old one was reset, else the old one continued.</returns>
    public static CounterSlot Add(CounterSlot? current, Dot dot, CounterSum delta) =>
        current is { IsPresent: true } slot
            ? slot with { Updated = dot.Stamp, Total = slot.Total + delta }
            : new CounterSlot(dot.Origin, dot.Stamp, dot.Stamp, delta, Stamp.Zero, default);

    /// <summary>The least upper bound of two states of one slot.</summary>
    /// <param name="left">One state.</param>
    /// <param name="right">Another, of the same origin.</param>
    public static CounterSlot Join(in CounterSlot left, in CounterSlot right)
    {
        if (left.Generation != right.Generation)
        {
            return left.Generation > right.Generation ? left : right;
        }

        CounterSlot newest = left.Updated >= right.Updated ? left : right;
        CounterSlot reset = left.ResetAt >= right.ResetAt ? left : right;
        CounterSlot joined = newest with { ResetAt = reset.ResetAt, ResetTotal = reset.ResetTotal };
        return joined.Updated < joined.ResetAt
            ? joined with { Updated = joined.ResetAt, Total = joined.ResetTotal }
            : joined;
    }

    internal void Write(RecordWriter writer)
    {
        writer.WriteUInt32(Origin.Value);
        writer.WriteUInt64(Generation.Value);
        writer.WriteVarint(Updated.Value - Generation.Value);
        Total.Write(writer);
        if (ResetAt == Stamp.Zero)
        {
            writer.WriteVarint(0);
            return;
        }

        writer.WriteVarint((UInt128)(ResetAt.Value - Generation.Value) + 1);
        ResetTotal.Write(writer);
    }

    internal static CounterSlot Read(ref RecordReader reader)
    {
        var origin = new Origin(reader.ReadUInt32());
        var generation = new Stamp(reader.ReadUInt64());
        Stamp updated = Offset(generation, reader.ReadVarint());
        CounterSum total = CounterSum.Read(ref reader);
        UInt128 reset = reader.ReadVarint();
        if (reset == 0)
        {
            return new CounterSlot(origin, generation, updated, total, Stamp.Zero, default);
        }

        var slot = new CounterSlot(
            origin, generation, updated, total, Offset(generation, reset - 1), CounterSum.Read(ref reader));
        bool isJoined = slot.ResetAt < slot.Updated ||
            (slot.ResetAt == slot.Updated && slot.ResetTotal == slot.Total);
        return isJoined && slot.ResetAt != Stamp.Zero
            ? slot
            : throw new RecordFormatException("a counter was reset to what it never was");
    }

    private static Stamp Offset(Stamp from, UInt128 distance)
    {
        UInt128 sum = from.Value + distance;
        return sum <= ulong.MaxValue && distance <= ulong.MaxValue
            ? new Stamp((ulong)sum)
            : throw new RecordFormatException("counter slot stamp overflows");
    }
}
