using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>The members that any of some sets has. Every set is walked in byte order, so equal members meet.</summary>
internal sealed class UnionWalk : MemberWalk
{
    private readonly PriorityQueue<ElementCursor, ElementCursor> _walks;
    private ElementCursor? _current;

    internal UnionWalk(SetOperand[] sets)
    {
        _walks = new(sets.Length, Comparer<ElementCursor>.Create(
            (left, right) => left.Element.SequenceCompareTo(right.Element)));
        foreach (SetOperand set in sets)
        {
            Continue(set.Walk());
        }
    }

    internal override ReadOnlySpan<byte> Member => _current!.Element;

    internal override bool MoveNext()
    {
        if (_current is not null)
        {
            while (_walks.TryPeek(out ElementCursor? next, out _) && next.Element.SequenceEqual(_current.Element))
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
