using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>Some members of a sorted set that follow one another.</summary>
internal abstract class MemberRange
{
    /// <summary>How many there are.</summary>
    internal abstract long CountIn(Zset zset);

    /// <summary>Goes through them.</summary>
    /// <param name="zset">The sorted set.</param>
    /// <param name="reverse">Whether from the last to the first.</param>
    /// <param name="offset">How many to leave out.</param>
    /// <param name="count">How many to go through then, at most.</param>
    internal abstract RangeWalk WalkIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue);

    /// <summary>Which ranks they have.</summary>
    /// <param name="zset">The sorted set.</param>
    /// <param name="reverse">Whether from the last to the first.</param>
    /// <param name="offset">How many to leave out.</param>
    /// <param name="count">How many there are to be then, at most.</param>
    internal abstract ElementRange RanksIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue);
}

/// <summary>The members between two ranks. A negative rank counts from the end.</summary>
internal sealed class RankRange(long start, long stop) : MemberRange
{
    internal override long CountIn(Zset zset) => Find(zset.Count).Count;

    /// <summary>Going backwards the ranks are counted from the other end too.</summary>
    internal override RangeWalk WalkIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue)
    {
        ElementRange range = RanksIn(zset, reverse);
        return range.Count == 0
            ? new RangeWalk(zset.Walk(), count: 0)
            : new RangeWalk(zset.WalkAt(range.First, reverse), range.Count);
    }

    internal override ElementRange RanksIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue)
    {
        long members = zset.Count;
        (long first, long found) = Find(members);
        return new ElementRange(reverse ? members - 1 - first : first, found, reverse);
    }

    private (long First, long Count) Find(long members)
    {
        long first = Math.Max(0, start < 0 ? start + members : start);
        long last = Math.Min(members - 1, stop < 0 ? stop + members : stop);
        return first > last ? (0, 0) : (first, last - first + 1);
    }
}

/// <summary>Members that lie in one part of the index.</summary>
internal abstract class IndexedRange : MemberRange
{
    /// <summary>From here on it is cheaper to ask for the rank than to leave members out one by one.</summary>
    private const long OffsetByRank = 64;

    internal override long CountIn(Zset zset)
    {
        IndexRange range = FindIn(zset);
        return range.IsEmpty ? 0 : zset.CountBefore(range.High) - zset.CountBefore(range.Low);
    }

    internal override RangeWalk WalkIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue)
    {
        IndexRange range = FindIn(zset);
        if (range.IsEmpty || offset < 0 || offset >= zset.Count)
        {
            return new RangeWalk(zset.Walk(), count: 0);
        }

        if (offset >= OffsetByRank)
        {
            long rank = reverse ? zset.CountBefore(range.High) - 1 - offset : zset.CountBefore(range.Low) + offset;
            return rank < 0 || rank >= zset.Count
                ? new RangeWalk(zset.Walk(), count: 0)
                : new RangeWalk(zset.WalkAt(rank, reverse), count, range, reverse);
        }

        var walk = new RangeWalk(zset.Walk(reverse ? range.High : range.Low, reverse), count, range, reverse);
        walk.Skip(offset);
        return walk;
    }

    internal override ElementRange RanksIn(Zset zset, bool reverse, long offset = 0, long count = long.MaxValue)
    {
        IndexRange range = FindIn(zset);
        if (range.IsEmpty || offset < 0)
        {
            return new ElementRange(0, 0);
        }

        long low = zset.CountBefore(range.Low);
        long high = zset.CountBefore(range.High);
        long first = reverse ? high - 1 - offset : low + offset;
        return new ElementRange(first, Math.Clamp(high - low - offset, 0, count), reverse);
    }

    /// <summary>Where they lie.</summary>
    protected abstract IndexRange FindIn(Zset zset);
}
