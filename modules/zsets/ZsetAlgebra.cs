using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>ZUNION, ZINTER and ZDIFF, their forms that store, and ZINTERCARD.</summary>
internal static class ZsetAlgebra
{
    private delegate ScoredMembers Combination(AlgebraQuery query);

    internal static Reply Unite(in CommandCall call) => Answer(call, AlgebraForm.Combines, Union);

    internal static Reply Intersect(in CommandCall call) => Answer(call, AlgebraForm.Combines, Intersection);

    internal static Reply Subtract(in CommandCall call) => Answer(call, AlgebraForm.Answers, Difference);

    internal static Reply StoreUnion(in CommandCall call) =>
        Store(call, AlgebraForm.Combines, Union, "zunionstore");

    internal static Reply StoreIntersection(in CommandCall call) =>
        Store(call, AlgebraForm.Combines, Intersection, "zinterstore");

    internal static Reply StoreDifference(in CommandCall call) =>
        Store(call, AlgebraForm.Answers, Difference, "zdiffstore");

    internal static Reply CountIntersection(in CommandCall call)
    {
        if (!AlgebraQuery.TryParse(call, AlgebraForm.Counts, out AlgebraQuery query, out Reply error))
        {
            return error;
        }

        ZsetOperand[] operands = BySize(query);
        long most = query.Limit == 0 ? long.MaxValue : query.Limit;
        long count = 0;
        ElementCursor walk = operands[0].Walk();
        while (count < most && walk.MoveNext())
        {
            count += IsInAll(operands, walk.Element) ? 1 : 0;
        }

        return Reply.Integer(count);
    }

    private static Reply Answer(in CommandCall call, AlgebraForm form, Combination combine)
    {
        if (!AlgebraQuery.TryParse(call, form, out AlgebraQuery query, out Reply error))
        {
            return error;
        }

        ScoredMembers result = combine(query);
        result.Sort();
        result.WriteTo(call.Writer, query.WithScores);
        return Reply.Written;
    }

    private static Reply Store(in CommandCall call, AlgebraForm form, Combination combine, string eventName) =>
        AlgebraQuery.TryParse(call, form | AlgebraForm.Stores, out AlgebraQuery query, out Reply error)
            ? ZsetStore.Replace(call, call.Args[1], combine(query), eventName)
            : error;

    private static ScoredMembers Union(AlgebraQuery query) =>
        new ZsetUnion(BySize(query), query.Aggregate).Gather();

    private static ScoredMembers Intersection(AlgebraQuery query)
    {
        var result = new ScoredMembers();
        ZsetOperand[] operands = BySize(query);
        ElementCursor walk = operands[0].Walk();
        while (walk.MoveNext())
        {
            double score = operands[0].Weigh(operands[0].ScoreOf(walk.Value));
            if (TryCombine(operands, walk.Element, query.Aggregate, ref score))
            {
                result.Add(walk.Element, score);
            }
        }

        return result;
    }

    /// <summary>Combines with the scores that a member of the first has in the others.</summary>
    /// <returns>False when one has not got it.</returns>
    private static bool TryCombine(
        ZsetOperand[] operands, ReadOnlySpan<byte> member, Aggregate aggregate, ref double score)
    {
        for (int i = 1; i < operands.Length; i++)
        {
            if (!operands[i].TryGetScore(member, out double other))
            {
                return false;
            }

            score = aggregate.Combine(score, operands[i].Weigh(other));
        }

        return true;
    }

    /// <summary>The members only the first has.</summary>
    private static ScoredMembers Difference(AlgebraQuery query)
    {
        var result = new ScoredMembers();
        ZsetOperand first = query.Operands[0];
        ZsetOperand[] others = [.. query.Operands.Skip(1).OrderByDescending(operand => operand.Count)];
        ElementCursor walk = first.Walk();
        while (walk.MoveNext())
        {
            if (!IsInAny(others, walk.Element))
            {
                result.Add(walk.Element, first.ScoreOf(walk.Value));
            }
        }

        return result;
    }

    /// <summary>The operands from the smallest on: it is walked, and scores are added in this order, as in Redis.
    /// </summary>
    private static ZsetOperand[] BySize(AlgebraQuery query) => [.. query.Operands.OrderBy(operand => operand.Count)];

    private static bool IsInAll(ZsetOperand[] operands, ReadOnlySpan<byte> member)
    {
        foreach (ZsetOperand operand in operands.AsSpan(1))
        {
            if (!operand.TryGetScore(member, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsInAny(ZsetOperand[] operands, ReadOnlySpan<byte> member)
    {
        foreach (ZsetOperand operand in operands)
        {
            if (operand.TryGetScore(member, out _))
            {
                return true;
            }
        }

        return false;
    }
}
