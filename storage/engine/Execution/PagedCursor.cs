using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Walks a paged collection: what is in memory merged with pages of what is in the store. Where both know an element,
/// memory is right; a record there without content hides the store's. A page that the call does not have is noted as
/// missing and ends the walk, for the call will run again.
/// <para>
/// Who takes elements from an end comes again soon: the first page that a writing call reads there stays in memory, and
/// walks that follow ask the store only when they get beyond it.
/// </para>
/// </summary>
internal sealed class PagedCursor : RecordCursor
{
    /// <summary>More is left in the store.</summary>
    private const int RowsAdoptedMax = 512;

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
    private bool _isAdopting;

    // Up to here memory has everything; null once the walk has come to what only the store knows.
    private byte[]? _reach;

    private PagedCursor(EngineCall call, KeyEntry entry, byte tag, byte[] bound, bool reverse, bool isFromEnd)
        : base(call, call.KindOf(tag))
    {
        _call = call;
        _entry = entry;
        _tag = tag;
        _bound = bound;
        _reverse = reverse;
        _isLookingForEnd = isFromEnd;
        _isAdopting = isFromEnd && !call.IsReading;
        _reach = isFromEnd ? entry.Elements!.ReachOf(tag, reverse) : null;
        Seek(bound);
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

    public override void Resume(byte[] removed) => Seek(_reverse ? removed : [.. removed, 0]);

    public override bool Step()
    {
        if (!_entry.Elements!.IsVisible)
        {
            return false;
        }

        if (IsWithinReach())
        {
            TakeResident();
            NoticeEnd();
            return true;
        }

        if (!TryLoadPage())
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
            TakeResident();
        }
        else
        {
            (_suffix, _state) = _page!.Rows[_row];
        }

        if (order >= 0)
        {
            _row += _reverse ? -1 : 1;
        }

        NoticeEnd();
        return true;
    }

    private void TakeResident()
    {
        _suffix = _resident.Suffix;
        _state = _resident.Item.State;
        _resident = _reverse ? _resident.Previous() : _resident.Next();
    }

    private void NoticeEnd()
    {
        if (_isLookingForEnd && _state.IsVisible)
        {
            _entry.Elements!.RememberEnd(_suffix, _reverse);
            _isLookingForEnd = false;
        }
    }

    /// <summary>Whether memory alone can tell what comes next. Once it cannot, the walk goes on from there with the store.
    /// </summary>
    private bool IsWithinReach()
    {
        if (_reach is null)
        {
            return false;
        }

        if (_resident.IsValid && _resident.Suffix[0] == _tag &&
            (_resident.Suffix.AsSpan().SequenceCompareTo(_reach) < 0) != _reverse)
        {
            return true;
        }

        if (IsBeyond(_reach))
        {
            // There is no more, and the store need not be asked: an empty page says so.
            _page = new ElementPage([_tag], [(byte)(_tag + 1)], []);
            _row = _reverse ? -1 : 0;
        }

        _bound = _reach;
        _reach = null;
        return false;
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

            Adopt(_page);
            int before = _page.CountBefore(_bound);
            _row = _reverse ? before - 1 : before;
        }

        return true;
    }

    private void Adopt(ElementPage page)
    {
        if (_isAdopting && page.Rows.Length <= RowsAdoptedMax)
        {
            _entry.Elements!.Adopt(page, _tag, _reverse);
            Seek(_bound);
        }

        _isAdopting = false;
    }

    private void Seek(byte[] bound)
    {
        ElementTree tree = _entry.Elements!.Tree;
        _resident = _reverse ? tree.SeekBefore(bound) : tree.Seek(bound);
    }

    private bool IsAtEnd(ElementPage page) => IsBeyond(_reverse ? page.Low : page.High);

    /// <summary>Whether nothing of the kind lies behind a bound.</summary>
    private bool IsBeyond(byte[] bound) => _reverse
        ? bound.AsSpan().SequenceCompareTo([_tag]) <= 0
        : bound.AsSpan().SequenceCompareTo([(byte)(_tag + 1)]) >= 0;
}
