namespace Marekvs.Modules.Streams;

/// <summary>
/// Tells how many entries a group has read and how many it has yet to read, where that can be told: entries removed from
/// the middle, which are known only as one largest id, make it uncertain.
/// </summary>
/// <param name="length">Entries there are.</param>
/// <param name="added">Entries that were ever added.</param>
/// <param name="first">The id of the oldest entry.</param>
/// <param name="last">The last id that was given or set.</param>
/// <param name="deleted">The largest id that was deleted.</param>
/// <remarks>Redis documentation, XINFO GROUPS, "Consumer group lag".</remarks>
internal sealed class StreamLag(long length, long added, StreamId first, StreamId last, StreamId deleted)
{
    internal static StreamLag Of(StreamKey stream)
    {
        StreamHead head = stream.Head;
        long length = stream.Length;
        return new(length, head.Removed + length, stream.OldestId, stream.LastIdOf(head), head.DeletedId);
    }

    /// <summary>Entries a group has yet to read, or null when that cannot be told.</summary>
    internal long? Of(StreamGroup group)
    {
        if (added == 0)
        {
            return 0;
        }

        if (group.EntriesRead != StreamGroup.UnknownRead && !HasGapFrom(group.LastId))
        {
            return added - group.EntriesRead;
        }

        long read = ReadUpTo(group.LastId);
        return read == StreamGroup.UnknownRead ? null : added - read;
    }

    /// <summary>Entries a group has read once it has read the one with an id.</summary>
    internal long ReadAfter(StreamGroup group, StreamId id) =>
        group.EntriesRead != StreamGroup.UnknownRead && !HasGapFrom(id) ? group.EntriesRead + 1
            : added > 0 ? ReadUpTo(id)
            : group.EntriesRead;

    /// <summary>How many entries were added up to an id, or <see cref="StreamGroup.UnknownRead"/>.</summary>
    internal long ReadUpTo(StreamId id)
    {
        if (added == 0)
        {
            return 0;
        }

        if ((length == 0 && id < last) || id == last)
        {
            return added;
        }

        bool isGapBehind = deleted == StreamId.Zero || deleted < first;
        return id > last || !isGapBehind ? StreamGroup.UnknownRead
            : id < first ? added - length
            : id == first ? added - length + 1
            : StreamGroup.UnknownRead;
    }

    /// <summary>Whether entries may be missing between an id and the newest.</summary>
    private bool HasGapFrom(StreamId id) =>
        length > 0 && deleted != StreamId.Zero && first <= deleted && id <= deleted;
}
