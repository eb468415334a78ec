using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>This node's journal as peers read it: what was written here, in the order it was written.</summary>
public interface IJournalSource
{
    /// <summary>The position after the newest entry.</summary>
    JournalCursor End { get; }

    /// <summary>The position up to which the journal is on disk.</summary>
    long Synced { get; }

    /// <summary>Where a reader goes on.</summary>
    /// <param name="reader">Where it says it is; default when it has read nothing.</param>
    /// <returns>The position, which may lie before the reader's; -1 when what it lacks is no longer kept.</returns>
    long Resume(JournalCursor reader);

    /// <summary>Where a reader goes on that can no longer be given what it lacks.</summary>
    /// <returns>A position at the end, and a stamp at or above all that lies before it.</returns>
    (long Position, Stamp Floor) Jump();

    /// <summary>A stamp at or above all that lies before a position: what a reader who read only some partitions up to there
    /// may lack of the others. Zero when nothing lies there; the greatest there is when entries of an earlier incarnation
    /// may follow, which no stamp can tell apart.</summary>
    /// <param name="position">The position.</param>
    Stamp FloorAt(long position);

    /// <summary>Reads own entries, those that a closed stamp covers.</summary>
    /// <param name="from">A position that <see cref="Resume"/>, <see cref="Jump"/> or a read before gave.</param>
    /// <param name="bytesMax">About how much to read; one entry is read however large.</param>
    /// <param name="wanted">The partitions whose records are read. What concerns all of them always is.</param>
    /// <param name="entries">Receives the entries, in the form <see cref="IStreamTarget.Apply"/> takes.</param>
    /// <exception cref="JournalReleasedException">The position is no longer kept.</exception>
    JournalRange Read(long from, int bytesMax, PartitionSet wanted, RecordWriter entries);

    /// <summary>Moves this node's clock to the present, so that closed stamps go on while nothing is written.</summary>
    void Beat();

    /// <summary>Tells somebody, once, that the journal has grown beyond a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="tell">Called by the thread that writes; returns at once. It replaces one that was not called yet.</param>
    /// <returns>False when the journal is beyond it already: nobody is told.</returns>
    bool TellGrowth(long position, Action tell);

    /// <summary>Keeps the journal from a position on, as far as the bound on what is kept for peers allows.</summary>
    /// <param name="position">The first position some peer still needs; <see cref="long.MaxValue"/> for none.</param>
    void Retain(long position);
}

/// <summary>Where a reader is in the journal of a node.</summary>
/// <param name="Journal">The journal; all zeros when nothing was read.</param>
/// <param name="Incarnation">The incarnation the node had when it was read: a node that lost its newest entries goes on
/// under another, and may write other entries at the same positions.</param>
/// <param name="Position">The position after what was read.</param>
public readonly record struct JournalCursor(Guid Journal, ushort Incarnation, long Position);

/// <summary>A part of a journal.</summary>
/// <param name="From">Its first position.</param>
/// <param name="To">The position after it.</param>
/// <param name="Closed">Everything the node wrote under its present origin and stamped up to here lies before
/// <paramref name="To"/>.</param>
public readonly record struct JournalRange(long From, long To, Stamp Closed);

/// <summary>A part of the journal was asked for that is no longer kept.</summary>
public sealed class JournalReleasedException() : Exception("the position is no longer kept");
