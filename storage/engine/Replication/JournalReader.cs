using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// The journal as peers read it: entries that this node wrote, under whatever incarnation, and of those only what a
/// closed stamp covers, so that whoever applies a part knows how far it is complete.
/// </summary>
/// <param name="keyspace">The node's data.</param>
/// <param name="journal">Its journal.</param>
/// <param name="starts">Where it began to write under other numbers.</param>
/// <param name="hasPeers">Whether there are others, who have not said yet what they need.</param>
internal sealed class JournalReader(
    Keyspace keyspace, JournalLog journal, IncarnationStarts starts, bool hasPeers) : IJournalSource
{
    /// <summary>Journal bytes looked at in one read, whoever wrote them.</summary>
    private const long BytesReadMax = 8 * 1024 * 1024;

    private long _retained = hasPeers ? 0 : long.MaxValue;

    /// <summary>The first position that peers need.</summary>
    public long Retained => Volatile.Read(ref _retained);

    public JournalCursor End => new(journal.Identity, keyspace.Origin.Incarnation, journal.End);

    public long Synced => journal.Synced;

    public long Resume(JournalCursor reader)
    {
        if (reader.Journal != journal.Identity)
        {
            long first = journal.First;
            return first == 0 ? JournalSegment.HeaderBytes : -1;
        }

        // Under a later incarnation other entries may stand where the reader has read.
        long position = Math.Min(reader.Position, starts.FirstAfter(reader.Incarnation));
        return position >= journal.First && position <= journal.End ? position : -1;
    }

    public (long Position, Stamp Floor) Jump()
    {
        long position = journal.End;

        // Read after the position: whatever lies before it was stamped by then.
        return (position, keyspace.Clock.Last);
    }

    public Stamp FloorAt(long position)
    {
        if (position < starts.Last)
        {
            return Stamp.Latest;
        }

        // Read after the position was reached: whatever lies before it was stamped by then.
        return position <= JournalSegment.HeaderBytes ? Stamp.Zero : keyspace.Clock.Last;
    }

    public JournalRange Read(long from, int bytesMax, PartitionSet wanted, RecordWriter entries)
    {
        Origin own = keyspace.Origin;
        Stamp closed = keyspace.Context.ClosedStamp();

        // Read after the stamp: whatever the stamp covers lies before the position.
        long end = journal.End;
        Stamp lastClosed = Stamp.Zero;
        int skipped = keyspace.Faults.HasFlag(ReplicationFault.SkipEntry) && from % 3 == 0 ? 1 : 0;
        long to = journal.ReadWhile(from, (entry, after) =>
        {
            if (after - from > BytesReadMax && after - from > JournalEntry.Padded(entry.Length))
            {
                return false;
            }

            Origin origin = JournalEntry.OriginOf(entry);
            bool isOwn = origin.Node == own.Node ||
                (keyspace.Faults.HasFlag(ReplicationFault.ForwardForeign) && origin != default);
            if (!isOwn)
            {
                return true;
            }

            if (origin == own && JournalEntry.StampOf(entry) > closed)
            {
                // Another write with an earlier stamp may be under way; the next read has both.
                return false;
            }

            if (entries.Length > 0 && entries.Length + entry.Length > bytesMax)
            {
                return false;
            }

            if (skipped-- > 0)
            {
                return true;
            }

            ReplicatedEntry.Write(entries, entry, wanted);
            lastClosed = Stamp.Max(lastClosed, JournalEntry.ClosedOf(entry));
            return true;
        });
        if (to < 0)
        {
            throw new JournalReleasedException();
        }

        return new JournalRange(from, to, to >= end ? closed : lastClosed);
    }

    public void Beat() => keyspace.Clock.Tick();

    public bool TellGrowth(long position, Action tell) => journal.TellGrowth(position, tell);

    public void Retain(long position) => Volatile.Write(ref _retained, position);
}
