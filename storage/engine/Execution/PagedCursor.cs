using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Walks a paged collection: what is in memory merged with pages of what is in the store. Where both know an element,
/// memory is right; a record there without content hides the store's. A page that the call does not have is noted as
/// missing and ends the walk, for the call will run again.
/// </summary>
internal sealed class PagedCursor : RecordCursor
{
    private readonly EngineCall _call;
    private readonly KeyEntry _entry;
    private readonly byte _tag;
    private readonly bool _reverse;
    private byte[] _bound;
    private ElementTree.Position _resident;
    private ElementPage? _page;
    private int _row;
    private byte[] _suffix = [];
    private RecordState _state;
    private bool _isLookingForEnd;

    private PagedCursor(EngineCall call, KeyEntry entry, byte tag, byte[] bound, bool reverse, bool isFromEnd)
        : base(call, call.KindOf(tag))
    {
        _call = call;
        _entry = entry;
        _tag = tag;
        _bound = bound;
        _reverse = reverse;
        _isLookingForEnd = isFromEnd;
        ElementTree tree = entry.Elements!.Tree;
        _resident = reverse ? tree.SeekBefore(bound) : tree.Seek(bound);
    }

    public override byte[] Suffix => _suffix;

    public override ref readonly RecordState State => ref _state;

    /// <summary>A walk from an element on (to smaller ones, in reverse), or from the end of its kind.</summary>
    public static PagedCursor Open(
        EngineCall call, KeyEntry entry, byte tag, ReadOnlySpan<byte> from, bool reverse, bool fromEnd)
    {
        byte[] bound = fromEnd ? entry.Elements!.EndOf(tag, reverse) : reverse ? [.. from, 0] : from.ToArray();
        return new PagedCursor(call, entry, tag, bound, reverse, fromEnd);
    }

    public override void Resume(byte[] removed)
    {
        ElementTree tree = _entry.Elements!.Tree;
        _resident = _reverse ? tree.SeekBefore(removed) : tree.Seek([.. removed, 0]);
    }

    public override bool Step()
    {
        if (!_entry.Elements!.IsVisible || !TryLoadPage())
        {
            return false;
        }

        bool hasRow = _reverse ? _row >= 0 : _row < _page!.Rows.Length;
        bool hasResident = _resident.IsValid && _resident.Suffix[0] == _tag;
        if (!hasRow && !hasResident)
        {
            return false;
        }

        int order = !hasRow ? -1
            : !hasResident ? 1
            : _resident.Suffix.AsSpan().SequenceCompareTo(_page!.Rows[_row].Suffix) * (_reverse ? -1 : 1);
        if (order <= 0)
        {
            _suffix = _resident.Suffix;
            _state = _resident.Item.State;
            _resident = _reverse ? _resident.Previous() : _resident.Next();
        }
        else
        {
            (_suffix, _state) = _page!.Rows[_row];
        }

        if (order >= 0)
        {
            _row += _reverse ? -1 : 1;
        }

        if (_isLookingForEnd && _state.IsVisible)
        {
            _entry.Elements.RememberEnd(_suffix, _reverse);
            _isLookingForEnd = false;
        }

        return true;
    }

    /// <summary>Moves on to the page with the next row of the store.</summary>
    /// <returns>False when the call does not have it.</returns>
    private bool TryLoadPage()
    {
        while (_page is null || (_reverse ? _row < 0 : _row >= _page.Rows.Length))
        {
            if (_page is not null)
            {
                if (IsAtEnd(_page))
                {
                    return true;
                }

                _bound = _reverse ? _page.Low : _page.High;
            }

            _page = _call.FindPage(_entry, _tag, _bound, _reverse);
            if (_page is null)
            {
                return false;
            }

            int before = _page.CountBefore(_bound);
            _row = _reverse ? before - 1 : before;
        }

        return true;
    }

    private bool IsAtEnd(ElementPage page) => _reverse
        ? page.Low.AsSpan().SequenceCompareTo([_tag]) <= 0
        : page.High.AsSpan().SequenceCompareTo([(byte)(_tag + 1)]) >= 0;
}
