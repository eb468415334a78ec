using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>Unites sorted sets and sets. All have their members in the same order, that of hashes, so walks alongside
/// meet at equal members.</summary>
internal sealed class ZsetUnion
{
    private readonly ZsetOperand[] _operands;
    private readonly ElementCursor?[] _walks;
    private readonly Aggregate _aggregate;

    /// <param name="operands">In the order in which scores are combined.</param>
    /// <param name="aggregate">How they are.</param>
    internal ZsetUnion(ZsetOperand[] operands, Aggregate aggregate)
    {
        _operands = operands;
        _aggregate = aggregate;
        _walks = [.. operands.Select(operand => Next(operand.Walk()))];
    }

    internal ScoredMembers Gather()
    {
        var result = new ScoredMembers();
        while (Least() is { } least)
        {
            byte[] member = least.Element.ToArray();
            result.Add(member, TakeScores(least.Position, member));
        }

        return result;
    }

    private ElementCursor? Least()
    {
        ElementCursor? least = null;
        foreach (ElementCursor? walk in _walks)
        {
            least = walk is not null && (least is null || Compare(walk, least.Position, least.Element) < 0) ? walk : least;
        }

        return least;
    }

    /// <summary>Combines the scores of a member, and moves the walks that stand on it.</summary>
    private double TakeScores(ulong position, byte[] member)
    {
        double? combined = null;
        for (int i = 0; i < _walks.Length; i++)
        {
            if (_walks[i] is { } walk && Compare(walk, position, member) == 0)
            {
                double score = _operands[i].Weigh(_operands[i].ScoreOf(walk.Value));
                combined = combined is { } others ? _aggregate.Combine(others, score) : score;
                _walks[i] = Next(walk);
            }
        }

        return combined ?? 0;
    }

    private static ElementCursor? Next(ElementCursor walk) => walk.MoveNext() ? walk : null;

    private static int Compare(ElementCursor walk, ulong position, ReadOnlySpan<byte> member)
    {
        int order = walk.Position.CompareTo(position);
        return order != 0 ? order : walk.Element.SequenceCompareTo(member);
    }
}
