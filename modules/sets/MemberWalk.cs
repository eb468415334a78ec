using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>Goes through the members that a combination of sets has, each once, in the order in which sets have them.
/// </summary>
internal abstract class MemberWalk
{
    /// <summary>Stands on the current member.</summary>
    internal abstract ElementCursor Current { get; }

    /// <summary>Goes to the next member.</summary>
    /// <returns>False when there is none.</returns>
    internal abstract bool MoveNext();
}

/// <summary>The members of one set that all others have, or that none of them has.</summary>
internal sealed class FilteredWalk : MemberWalk
{
    private readonly ElementCursor _walk;
    private readonly MemberProbe[] _others;
    private readonly bool _keepsCommon;

    private FilteredWalk(SetOperand walked, IEnumerable<SetOperand> others, bool keepsCommon)
    {
        _walk = walked.Walk();
        _others = [.. others.Select(other => new MemberProbe(other, walked.Count))];
        _keepsCommon = keepsCommon;
    }

    internal override ElementCursor Current => _walk;

    /// <summary>What all sets have: the smallest set is walked, and the next smaller rules out most.</summary>
    internal static FilteredWalk Intersection(SetOperand[] sets)
    {
        SetOperand[] bySize = [.. sets.OrderBy(set => set.Count)];
        return new FilteredWalk(bySize[0], bySize.Skip(1), keepsCommon: true);
    }

    /// <summary>What only the first set has: the largest of the others rules out most.</summary>
    internal static FilteredWalk Difference(SetOperand[] sets) =>
        new(sets[0], sets.Skip(1).OrderByDescending(set => set.Count), keepsCommon: false);

    internal override bool MoveNext()
    {
        while (_walk.MoveNext())
        {
            if (IsKept(_walk))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsKept(ElementCursor member)
    {
        foreach (MemberProbe other in _others)
        {
            if (other.Has(member) != _keepsCommon)
            {
                return false;
            }
        }

        return true;
    }
}
