namespace Marekvs.Modules.Streams;

/// <summary>
/// Tells how many entries a group has read and how many it has yet to read, where that can be told: entries removed from
/// the middle, which are known only as one largest id, make it uncertain.
/// </summary>
/// <remarks>Redis documentation, XINFO GROUPS, "Consumer group lag".</remarks>
internal sealed class StreamLag
{
    private readonly long _length;
    private readonly long _added;
    private readonly StreamId _first;
    private readonly StreamId _last;
    private readonly StreamId _deleted;

    private StreamLag(long length, long added, StreamId first, StreamId last, StreamId deleted)
    {
        (_length, _added, _first, _last, _deleted) = (length, added, first, last, deleted);
    }

    internal static StreamLag Of(StreamKey stream) => new(
        stream.Length, stream.EntriesAdded, stream.OldestId, stream.LastId, stream.Head.DeletedId);

    /// <summary>Entries a group has yet to read, or null when that cannot be told.</summary>
    internal long? Of(StreamGroup group)
    {
        if (_added == 0)
        {
            return 0;
        }

        if (group.EntriesRead != StreamGroup.UnknownRead && !HasGapFrom(group.LastId))
        {
            return _added - group.EntriesRead;
        }

        long read = ReadUpTo(group.LastId);
        return read == StreamGroup.UnknownRead ? null : _added - read;
    }

    /// <summary>Entries a group has read once it has read the one with an id.</summary>
    internal long ReadAfter(StreamGroup group, StreamId id) =>
        group.EntriesRead != StreamGroup.UnknownRead && !HasGapFrom(id) ? group.EntriesRead + 1
            : _added > 0 ? ReadUpTo(id)
            : group.EntriesRead;

    /// <summary>How many entries were added up to an id, or <see cref="StreamGroup.UnknownRead"/>.</summary>
    private long ReadUpTo(StreamId id)
    {
        if (_added == 0)
        {
            return 0;
        }

        if ((_length == 0 && id < _last) || id == _last)
        {
            return _added;
        }

        bool isGapBehind = _deleted == StreamId.Zero || _deleted < _first;
        return id > _last || !isGapBehind ? StreamGroup.UnknownRead
            : id < _first ? _added - _length
            : id == _first ? _added - _length + 1
            : StreamGroup.UnknownRead;
    }

    /// <summary>Whether entries may be missing between an id and the newest.</summary>
    private bool HasGapFrom(StreamId id) =>
        _length > 0 && _deleted != StreamId.Zero && _first <= _deleted && id <= _deleted;
}
