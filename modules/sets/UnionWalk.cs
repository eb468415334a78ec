using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>The members that any of some sets has. Every set is walked in the same order, so equal members
/// meet.</summary>
internal sealed class UnionWalk : MemberWalk
{
    private readonly PriorityQueue<ElementCursor, ElementCursor> _walks;
    private ElementCursor? _current;

    internal UnionWalk(SetOperand[] sets)
    {
        _walks = new(sets.Length, Comparer<ElementCursor>.Create(MemberOrder.Compare));
        foreach (SetOperand set in sets)
        {
            Continue(set.Walk());
        }
    }

    internal override ElementCursor Current => _current!;

    internal override bool MoveNext()
    {
        if (_current is not null)
        {
            while (_walks.TryPeek(out ElementCursor? next, out _) && MemberOrder.Compare(next, _current) == 0)
            {
                Continue(_walks.Dequeue());
            }

            Continue(_current);
        }

        return _walks.TryDequeue(out _current, out _);
    }

    private void Continue(ElementCursor walk)
    {
        if (walk.MoveNext())
        {
            _walks.Enqueue(walk, walk);
        }
    }
}
