using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>Walks a resident collection.</summary>
internal sealed class TreeCursor : RecordCursor
{
    private readonly byte _tag;
    private readonly bool _reverse;
    private ElementTree.Position _next;
    private ElementTree.Position _current;

    private TreeCursor(EngineCall call, byte tag, ElementTree.Position first, bool reverse)
        : base(call, call.KindOf(tag))
    {
        _tag = tag;
        _next = first;
        _reverse = reverse;
    }

    public override byte[] Suffix => _current.Item.Suffix;

    public override ref readonly RecordState State => ref _current.Item.State;

    public static TreeCursor Open(
        EngineCall call, ElementTree tree, byte tag, ReadOnlySpan<byte> from, bool reverse, bool fromEnd)
    {
        ElementTree.Position first = !reverse ? tree.Seek(from)
            : fromEnd ? tree.SeekBefore([(byte)(tag + 1)])
            : tree.SeekBefore(from, inclusive: true);
        return new TreeCursor(call, tag, first, reverse);
    }

    public static TreeCursor At(EngineCall call, ElementTree tree, byte tag, int index) =>
        new(call, tag, tree.Select(index), reverse: false);

    public override bool Step()
    {
        if (!_next.IsValid || _next.Item.Suffix[0] != _tag)
        {
            _next = default;
            return false;
        }

        _current = _next;
        _next = _reverse ? _next.Previous() : _next.Next();
        return true;
    }
}
