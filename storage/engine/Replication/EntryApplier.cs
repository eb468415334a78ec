using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Takes in what peers wrote. An entry is one unit: all gates of its keys are entered, it is appended to this node's
/// journal under the origin that wrote it, and then joined, record by record.
/// </summary>
internal sealed class EntryApplier(
    Keyspace keyspace, ShardGates gates, JournalLog journal, ColdReader reader, StreamCursors cursors, Lock gate)
    : IStreamTarget
{
    private readonly RecordJoins _joins = new(keyspace, reader);
    private readonly RemoteEffects _effects = new(keyspace);
    private readonly RecordWriter _scratch = new();
    private readonly Dictionary<ushort, PartitionSet> _brought = [];

    public JournalCursor CursorOf(ushort node) => cursors.Of(node);

    public void Forget(ushort node)
    {
        lock (gate)
        {
            cursors.Remove(node);
            _brought.Remove(node);
        }
    }

    public bool Begin(Origin origin, JournalCursor at, Stamp floor, StreamFilter filter)
    {
        lock (gate)
        {
            if (origin.Node == 0 || origin.Node == keyspace.Origin.Node || at.Journal == Guid.Empty || at.Position < 0)
            {
                throw new RecordFormatException("no stream can begin so");
            }

            keyspace.Origins.Admit(origin);

            bool isFloorKnown = filter.Floor != Stamp.Latest;
            if (Stamp.Max(floor, isFloorKnown ? filter.Floor : Stamp.Zero) > keyspace.LatestAcceptable)
            {
                throw new RecordFormatException("a stream begins in the far future");
            }

            if (!keyspace.AppliedVectors.Attached.IsWithin(filter.Partitions))
            {
                return false;
            }

            if (floor > keyspace.AppliedVectors.BaseOf(origin) &&
                !keyspace.Faults.HasFlag(ReplicationFault.IgnoreGap))
            {
                _scratch.Clear();
                int token = JournalEntry.BeginRecord(
                    _scratch, JournalEntry.EveryPartition, default, JournalEntry.GapTag, default);
                _scratch.WriteUInt32(origin.Value);
                _scratch.WriteUInt64(floor.Value);
                JournalEntry.EndRecord(_scratch, token);
                if (journal.TryAppend(_scratch.Written, 1, Stamp.Zero, Stamp.Zero, default) < 0)
                {
                    return false;
                }

                keyspace.AppliedVectors.OpenGap(origin, floor);
            }

            keyspace.AppliedVectors.Begin(origin, filter, _brought.GetValueOrDefault(origin.Node, PartitionSet.None));
            _brought[origin.Node] = filter.Partitions;
            cursors.Set(origin.Node, at);
            return true;
        }
    }

    public ApplyOutcome Apply(Origin origin, JournalRange range, ReadOnlySpan<byte> entries)
    {
        lock (gate)
        {
            JournalCursor cursor = cursors.Of(origin.Node);
            if (cursor.Journal == Guid.Empty || cursor.Incarnation != origin.Incarnation ||
                range.From != cursor.Position || range.To < range.From)
            {
                return ApplyOutcome.OutOfPlace;
            }

            Stamp latest = keyspace.LatestAcceptable;
            if (range.Closed > latest)
            {
                return ApplyOutcome.TooEarly;
            }

            while (!entries.IsEmpty)
            {
                ReplicatedEntry entry = ReplicatedEntry.Read(entries);
                entries = entries[entry.Length..];
                if (entry.Stamp > latest || entry.Closed > latest)
                {
                    return ApplyOutcome.TooEarly;
                }

                if (entry.Origin.Node != origin.Node)
                {
                    throw new RecordFormatException("a node sends what another wrote");
                }

                ulong mask = Check(entry, out Stamp newest);
                if (newest > latest)
                {
                    return ApplyOutcome.TooEarly;
                }

                if (!Apply(entry, mask))
                {
                    return ApplyOutcome.NoRoom;
                }
            }

            if (!keyspace.Faults.HasFlag(ReplicationFault.SkipClosedStamp))
            {
                keyspace.AppliedVectors.RaiseStream(origin, range.Closed);
            }

            keyspace.Clock.Observe(range.Closed);
            cursors.Set(origin.Node, cursor with { Position = range.To });
            return ApplyOutcome.Applied;
        }
    }

    private bool Apply(in ReplicatedEntry entry, ulong mask)
    {
        if (mask == 0)
        {
            // All of it is applied; only what it closes is new.
            keyspace.AppliedVectors.RaiseStream(entry.Origin, entry.Closed);
            return true;
        }

        keyspace.Clock.Observe(entry.Stamp);
        CallSupplies? supplies = null;
        gates.Enter(mask);
        try
        {
            for (List<ColdKey> missing = FindMissing(entry); missing.Count > 0; missing = FindMissing(entry))
            {
                gates.Leave(mask);
                try
                {
                    supplies ??= new CallSupplies();
                    foreach (ColdKey key in missing)
                    {
                        reader.Load(key, supplies);
                    }
                }
                finally
                {
                    gates.Enter(mask);
                }
            }

            if (journal.TryAppend(entry.Body, entry.Count, entry.Stamp, entry.Closed, entry.Origin) < 0)
            {
                return false;
            }

            Join(entry);
            _effects.Conclude(_joins.Effects);

            // Before anybody can see what was joined and delete it: a delete says what it saw by the vector.
            keyspace.AppliedVectors.RaiseStream(entry.Origin, entry.Closed);
            return true;
        }
        finally
        {
            gates.Leave(mask);
            supplies?.Release();
        }
    }

    /// <summary>Decodes everything before anything is done.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="newest">The newest stamp anywhere in it.</param>
    /// <returns>The shards to enter; 0 when all of the entry is applied already.</returns>
    /// <exception cref="RecordFormatException">Something does not decode.</exception>
    private ulong Check(in ReplicatedEntry entry, out Stamp newest)
    {
        keyspace.Origins.Admit(entry.Origin);
        ulong mask = 0;
        newest = Stamp.Zero;
        bool isNew = false;
        JournalEntry.RecordEnumerator records = entry.Records;
        while (records.MoveNext())
        {
            if (records.Partition == JournalEntry.EveryPartition)
            {
                if (records.Tag != JournalEntry.ClearTag)
                {
                    throw new RecordFormatException("only a clear is over all partitions");
                }

                newest = Stamp.Max(newest, RecordCheck.ClearEverything(keyspace, records.Delta));
                mask = gates.All;
                isNew |= entry.Stamp > keyspace.AppliedVectors.BaseOf(entry.Origin);
                continue;
            }

            if (KeyAddress.PartitionOf(records.Name) != records.Partition)
            {
                throw new RecordFormatException("a record is in a partition that is not its key's");
            }

            newest = Stamp.Max(
                newest, RecordCheck.Delta(keyspace, records.Tag, records.Element, records.Delta));
            mask |= gates.Of(records.Name);
            isNew |= !keyspace.Context.IsApplied(records.Partition, new Dot(entry.Stamp, entry.Origin));
        }

        return isNew || keyspace.Faults.HasFlag(ReplicationFault.ApplyTwice) ? mask : 0;
    }

    private List<ColdKey> FindMissing(in ReplicatedEntry entry)
    {
        var missing = new List<ColdKey>();
        JournalEntry.RecordEnumerator records = entry.Records;
        while (records.MoveNext())
        {
            if (records.Partition == JournalEntry.EveryPartition)
            {
                continue;
            }

            Shard shard = keyspace.ShardOf(records.Partition);
            ulong hash = keyspace.HashOf(records.Name);
            if (shard.Table.Find(hash, records.Name) is null && shard.MayHaveCold(hash))
            {
                missing.Add(new ColdKey(hash, records.Partition, records.Name.ToArray()));
            }
        }

        return missing;
    }

    private void Join(in ReplicatedEntry entry)
    {
        var dot = new Dot(entry.Stamp, entry.Origin);
        JournalEntry.RecordEnumerator records = entry.Records;
        while (records.MoveNext())
        {
            if (records.Partition == JournalEntry.EveryPartition)
            {
                _joins.ClearEverything(ClearVector.Read(records.Delta), entry.Stamp);
            }
            else if (!keyspace.Context.IsApplied(records.Partition, dot) ||
                keyspace.Faults.HasFlag(ReplicationFault.ApplyTwice))
            {
                _joins.Mention(records, dot, isOpen: entry.Stamp > entry.Closed);
                _joins.Join(keyspace.Resident(records.Partition, records.Name), records, entry.Stamp, isReplay: false);
                if (keyspace.Faults.HasFlag(ReplicationFault.AttributeToRecord) && records.Tag != JournalEntry.ClearTag)
                {
                    _joins.Adopt(CellCodec.Read(records.Delta).Dots.Select(d => KeyValuePair.Create(d.Origin, d.Stamp)));
                }
            }
        }
    }
}
