using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>Walks the visible elements of one kind in a resident collection.</summary>
internal sealed class TreeCursor : ElementCursor
{
    private readonly EngineCall? _call;
    private readonly byte _tag;
    private readonly bool _reverse;
    private ElementTree.Position _next;
    private ElementTree.Position _current;

    private TreeCursor(EngineCall? call, byte tag, ElementTree.Position first, bool reverse)
    {
        _call = call;
        _tag = tag;
        _next = first;
        _reverse = reverse;
    }

    public static TreeCursor Empty { get; } = new(null, 0, default, reverse: false);

    public override ReadOnlySpan<byte> Element => _current.Item.Suffix.AsSpan(1);

    public override ElementValue Value => EngineCall.View(ref _current.Item.State);

    public static TreeCursor Open(
        EngineCall call, ElementTree tree, byte tag, ReadOnlySpan<byte> from, bool reverse, bool fromEnd)
    {
        if (!reverse)
        {
            return new TreeCursor(call, tag, tree.Seek(from), reverse);
        }

        ElementTree.Position at = tree.Seek(fromEnd ? [(byte)(tag + 1)] : from);
        bool isAt = at.IsValid && !fromEnd && from.SequenceEqual(at.Item.Suffix);
        return new TreeCursor(call, tag, isAt ? at : at.IsValid ? at.Previous() : tree.Last(), reverse);
    }

    public static TreeCursor At(EngineCall call, ElementTree tree, byte tag, int index) =>
        new(call, tag, tree.Select(index), reverse: false);

    public override bool MoveNext()
    {
        while (_next.IsValid && _next.Item.Suffix[0] == _tag)
        {
            _current = _next;
            _next = _reverse ? _next.Previous() : _next.Next();
            if (_call!.IsSeen(_current.Item.State))
            {
                return true;
            }
        }

        _next = default;
        return false;
    }
}
