using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>Walks a resident collection.</summary>
internal sealed class TreeCursor : RecordCursor
{
    private readonly Collection _elements;
    private readonly byte _tag;
    private readonly bool _reverse;
    private ElementTree.Position _next;
    private ElementTree.Position _current;
    private byte[]? _removed;

    private TreeCursor(EngineCall call, Collection elements, byte tag, ElementTree.Position first, bool reverse)
        : base(call, call.KindOf(tag))
    {
        _elements = elements;
        _tag = tag;
        _next = first;
        _reverse = reverse;
    }

    public override byte[] Suffix => _current.Suffix;

    public override ref readonly RecordState State => ref _current.Item.State;

    public static TreeCursor Open(
        EngineCall call, Collection elements, byte tag, ReadOnlySpan<byte> from, bool reverse, bool fromEnd)
    {
        ElementTree tree = elements.Tree;
        ElementTree.Position first = (fromEnd, reverse) switch
        {
            (true, false) => tree.FirstOf(tag),
            (true, true) => tree.LastOf(tag),
            (false, false) => tree.Seek(from),
            (false, true) => tree.SeekBefore(from, inclusive: true),
        };
        return new TreeCursor(call, elements, tag, first, reverse);
    }

    public static TreeCursor At(EngineCall call, Collection elements, byte tag, int index) =>
        new(call, elements, tag, elements.Tree.Select(index), reverse: false);

    public override void Resume(byte[] removed) => _removed = removed;

    public override bool Step()
    {
        if (_removed is not null)
        {
            _next = _reverse ? _elements.Tree.SeekBefore(_removed) : _elements.Tree.Seek(_removed);
            _removed = null;
        }

        if (!_next.IsValid || _next.Suffix[0] != _tag)
        {
            _next = default;
            return false;
        }

        _current = _next;
        _next = _reverse ? _next.Previous() : _next.Next();
        return true;
    }
}
