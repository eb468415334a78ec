using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Replication;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine;

/// <summary>
/// Takes entries of the journal into memory again: every delta is joined into what is there, which changes nothing
/// when the store already had it.
/// </summary>
internal sealed class Recovery(Keyspace keyspace, ColdReader reader, PartitionHoldings holdings)
{
    private readonly RecordJoins _joins = new(keyspace, reader);

    /// <summary>Entries taken in.</summary>
    public long Entries { get; private set; }

    /// <param name="entry">An entry.</param>
    /// <param name="at">The position it begins at.</param>
    /// <exception cref="JournalException">An entry holds what this node's modules do not know, or does not decode.
    /// </exception>
    public void Apply(ReadOnlySpan<byte> entry, long at)
    {
        Entries++;
        Stamp stamp = JournalEntry.StampOf(entry);
        Origin origin = JournalEntry.OriginOf(entry);
        keyspace.Clock.Observe(stamp);
        keyspace.NoticeOwnEntry(origin, at);
        try
        {
            JournalEntry.RecordEnumerator records = JournalEntry.Records(entry);
            while (records.MoveNext())
            {
                Apply(records, new Dot(stamp, origin), isOpen: stamp > JournalEntry.ClosedOf(entry));
            }
        }
        catch (RecordFormatException e)
        {
            throw new JournalException(
                $"Journal entry {JournalEntry.Sequence(entry)} checks but does not decode ({e.Message}). It was written by another " +
                "version of the program or with other modules; start with those.", e);
        }

        if (origin != default)
        {
            keyspace.AppliedVectors.RaiseStream(origin, JournalEntry.ClosedOf(entry));
        }
    }

    private void Apply(in JournalEntry.RecordEnumerator record, Dot dot, bool isOpen)
    {
        switch (record.Tag)
        {
            case JournalEntry.GapTag:
                var gap = new RecordReader(record.Delta);
                keyspace.AppliedVectors.OpenGap(new Origin(gap.ReadUInt32()), new Stamp(gap.ReadUInt64()));
                return;
            case JournalEntry.HoldingTag:
                holdings.Replay(record.Partition, HoldingChange.Read(record.Delta));
                return;
            case JournalEntry.AdoptedTag:
                keyspace.AppliedVectors.RaisePartition(
                    record.Partition, VersionVector.Read(record.Delta, out _), keyspace.Origin);
                return;
            case JournalEntry.ClearTag when record.Partition == JournalEntry.EveryPartition:
                _joins.ClearEverything(ClearVector.Read(record.Delta), dot.Stamp);
                Settle();
                return;
        }

        bool isOwn = dot.Origin == default || dot.Origin.Node == keyspace.Origin.Node;
        if (!isOwn && keyspace.Context.IsApplied(record.Partition, dot))
        {
            // Anti-entropy had brought it before its entry came, and it was left out then too.
            return;
        }

        if (dot.Origin.Node != keyspace.Origin.Node)
        {
            _joins.Mention(record, dot, isOpen);
        }

        Shard shard = keyspace.ShardOf(record.Partition);
        lock (shard.Gate)
        {
            _joins.Join(Find(shard, record), record, dot.Stamp, isReplay: isOwn);
            Settle();
        }
    }

    private KeyEntry Find(Shard shard, in JournalEntry.RecordEnumerator record)
    {
        ulong hash = keyspace.HashOf(record.Name);
        KeyEntry? entry = shard.Table.Find(hash, record.Name);
        if (entry is not null)
        {
            return entry;
        }

        // Kept while it is taken in, for making room for it could drop it again.
        var supplies = new CallSupplies();
        byte[] name = record.Name.ToArray();
        reader.Load(new ColdKey(hash, record.Partition, name), supplies);
        supplies.Release();
        return shard.Table.Find(hash, name)!;
    }

    private void Settle()
    {
        foreach (KeyEntry entry in _joins.Effects.Touched)
        {
            keyspace.Settle(keyspace.ShardOf(entry.Partition), entry);
        }

        keyspace.Sweeper.Watch(_joins.Effects.Marked);
        _joins.Effects.Reset();
    }
}
