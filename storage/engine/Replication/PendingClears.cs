using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Deletes of whole keys and of everything that this node has taken in, as long as something they delete may still
/// arrive: whatever is joined into a key passes through the vectors remembered for it. A vector is forgotten once the
/// applied vector says the same. The one of a FLUSHALL also turns away increments of counters that began before it, and
/// for that is kept until every node has taken the flush in.
/// </summary>
internal sealed class PendingClears
{
    private readonly Lock _gate = new();
    private readonly List<PendingClear> _clears = [];
    private volatile int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>Remembers a delete.</summary>
    /// <param name="partition">The key's partition, or <see cref="JournalEntry.EveryPartition"/>.</param>
    /// <param name="name">The key; empty for everything.</param>
    /// <param name="vector">What it deletes.</param>
    /// <param name="stamp">When it was made.</param>
    public void Add(ushort partition, ReadOnlySpan<byte> name, VersionVector vector, Stamp stamp)
    {
        lock (_gate)
        {
            _clears.Add(new PendingClear(partition, name.ToArray(), vector, stamp));
            _count = _clears.Count;
        }
    }

    /// <summary>Takes out of a record what is deleted already.</summary>
    /// <returns>Whether anything was taken out.</returns>
    public bool Filter(ushort partition, ReadOnlySpan<byte> name, Cell cell)
    {
        if (IsEmpty)
        {
            return false;
        }

        int before = cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count;
        lock (_gate)
        {
            foreach (PendingClear clear in _clears)
            {
                if (clear.IsOfEverything)
                {
                    cell.Clear(clear.Vector, withCounters: true);
                }
                else if (clear.Partition == partition && name.SequenceEqual(clear.Name))
                {
                    cell.Clear(clear.Vector);
                }
            }
        }

        return cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count != before;
    }

    /// <summary>Whether some delete reaches beyond the applied vector of a partition.</summary>
    public bool IsAwaited(ushort partition, Func<Dot, bool> isApplied)
    {
        if (IsEmpty)
        {
            return false;
        }

        lock (_gate)
        {
            return _clears.Exists(clear => (clear.IsOfEverything || clear.Partition == partition) &&
                clear.Vector.Entries.Any(entry => !isApplied(new Dot(entry.Value, entry.Key))));
        }
    }

    /// <summary>Forgets what no longer says anything new.</summary>
    /// <param name="isApplied">Whether a dot is applied in a partition, or in all.</param>
    /// <param name="stable">Everything up to here is applied everywhere.</param>
    public void Forget(Func<ushort, Dot, bool> isApplied, Stamp stable)
    {
        if (IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            _clears.RemoveAll(clear =>
                (!clear.IsOfEverything || clear.Stamp <= stable) &&
                clear.Vector.Entries.All(entry => isApplied(clear.Partition, new Dot(entry.Value, entry.Key))));
            _count = _clears.Count;
        }
    }

    /// <summary>Nothing of a partition is kept here any more.</summary>
    public void Drop(ushort partition)
    {
        lock (_gate)
        {
            _clears.RemoveAll(clear => clear.Partition == partition);
            _count = _clears.Count;
        }
    }

    /// <summary><c>n u32 x { partition u16 | length varint, name | stamp u64 | vector }</c></summary>
    public void Write(RecordWriter writer)
    {
        lock (_gate)
        {
            writer.WriteUInt32((uint)_clears.Count);
            foreach (PendingClear clear in _clears)
            {
                writer.WriteUInt16(clear.Partition);
                writer.WriteLength(clear.Name.Length);
                writer.WriteBytes(clear.Name);
                writer.WriteUInt64(clear.Stamp.Value);
                clear.Vector.Write(writer.Reserve(clear.Vector.EncodedLength));
            }
        }
    }

    public static PendingClears Read(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        var clears = new PendingClears();
        for (uint n = reader.ReadUInt32(); n > 0; n--)
        {
            ushort partition = reader.ReadUInt16();
            byte[] name = reader.ReadBytes(reader.ReadLength()).ToArray();
            var stamp = new Stamp(reader.ReadUInt64());
            VersionVector vector = VersionVector.Read(source[reader.Position..], out int consumed);
            reader.ReadBytes(consumed);
            clears.Add(partition, name, vector, stamp);
        }

        return clears;
    }

    private sealed record PendingClear(ushort Partition, byte[] Name, VersionVector Vector, Stamp Stamp)
    {
        public bool IsOfEverything => Partition == JournalEntry.EveryPartition;
    }
}
