using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// The journal as peers read it: entries that this node wrote, under whatever incarnation, and of those only what a
/// closed stamp covers, so that whoever applies a part knows how far it is complete.
/// </summary>
internal sealed class JournalReader(Keyspace keyspace, JournalLog journal, IncarnationStarts starts) : IJournalSource
{
    private long _retained = long.MaxValue;

    /// <summary>The first position that peers need.</summary>
    public long Retained => Volatile.Read(ref _retained);

    public JournalCursor End => new(journal.Identity, keyspace.Origin.Incarnation, journal.End);

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

    public JournalRange Read(long from, int bytesMax, RecordWriter entries)
    {
        Origin own = keyspace.Origin;
        Stamp closed = keyspace.ClosedStamp();

        // Read after the stamp: whatever the stamp covers lies before the position.
        long end = journal.End;
        int skipped = keyspace.Faults.HasFlag(ReplicationFault.SkipEntry) && from % 3 == 0 ? 1 : 0;
        long to = journal.ReadWhile(from, (entry, _) =>
        {
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

            ReplicatedEntry.Write(entries, entry);
            return true;
        });
        if (to < 0)
        {
            throw new JournalReleasedException();
        }

        return new JournalRange(from, to, to >= end ? closed : LastClosed(entries));
    }

    public void Beat() => keyspace.Clock.Tick();

    public void Retain(long position) => Volatile.Write(ref _retained, position);

    private static Stamp LastClosed(RecordWriter entries)
    {
        Stamp closed = Stamp.Zero;
        ReadOnlySpan<byte> rest = entries.Written;
        while (!rest.IsEmpty)
        {
            ReplicatedEntry entry = ReplicatedEntry.Read(rest);
            closed = Stamp.Max(closed, entry.Closed);
            rest = rest[entry.Length..];
        }

        return closed;
    }
}
