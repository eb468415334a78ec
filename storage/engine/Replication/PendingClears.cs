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
    public void Add(PendingClear clear)
    {
        lock (_gate)
        {
            if (clear.IsOfEverything)
            {
                // Else whoever flushes again and again while a node is away would collect them.
                _clears.RemoveAll(clear.Includes);
            }

            _clears.Add(clear);
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
                    cell.Clear(clear.Vector.In(partition), withCounters: true);
                }
                else if (clear.Partition == partition && name.SequenceEqual(clear.Name))
                {
                    cell.Clear(clear.Vector.Common);
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
                clear.Vector.In(partition).Entries.Any(entry => !isApplied(new Dot(entry.Value, entry.Key))));
        }
    }

    /// <summary>Whether some key of a partition was deleted; or everything was.</summary>
    public bool HasIn(ushort partition) => !IsEmpty && In(partition).Count > 0;

    /// <summary>The deletes of keys of a partition; or those of everything.</summary>
    public List<PendingClear> In(ushort partition)
    {
        lock (_gate)
        {
            return _clears.FindAll(clear => clear.Partition == partition);
        }
    }

    /// <summary>Whether a delete, or one that deletes all that it does, is remembered already.</summary>
    public bool Has(PendingClear clear)
    {
        if (IsEmpty)
        {
            return false;
        }

        lock (_gate)
        {
            return _clears.Exists(known => known.Includes(clear));
        }
    }

    /// <summary>The origins that deletes speak of.</summary>
    public IEnumerable<Origin> Origins
    {
        get
        {
            lock (_gate)
            {
                return [.. _clears.SelectMany(clear => clear.Vector.Largest.Entries).Select(entry => entry.Key).Distinct()];
            }
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
            _clears.RemoveAll(clear => clear.SaysNothing(isApplied, stable));
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

    /// <summary><c>n u32 x { partition u16 | length varint, name | stamp u64 | ClearVector }</c></summary>
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
                clear.Vector.Write(writer);
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
            clears.Add(new PendingClear(partition, name, ClearVector.Read(ref reader, source), stamp));
        }

        return clears;
    }
}

/// <summary>A delete that something may still arrive for.</summary>
/// <param name="Partition">The key's partition, or <see cref="JournalEntry.EveryPartition"/>.</param>
/// <param name="Name">The key; empty for everything.</param>
/// <param name="Vector">What it deletes.</param>
/// <param name="Stamp">When it was made.</param>
internal sealed record PendingClear(ushort Partition, byte[] Name, ClearVector Vector, Stamp Stamp)
{
    public bool IsOfEverything => Partition == JournalEntry.EveryPartition;

    /// <summary>Whether it says all that an earlier delete of the same does.</summary>
    public bool Includes(PendingClear earlier) =>
        earlier.Partition == Partition && earlier.Stamp <= Stamp && earlier.Name.AsSpan().SequenceEqual(Name) &&
        Vector.Includes(earlier.Vector);

    /// <summary>Whether it only says what is known without it.</summary>
    /// <param name="isApplied">Whether a dot is applied in a partition, or in all.</param>
    /// <param name="stable">Everything up to here is applied everywhere.</param>
    public bool SaysNothing(Func<ushort, Dot, bool> isApplied, Stamp stable) =>
        (!IsOfEverything || Stamp <= stable) && Vector.All.All(of => of.Vector.Entries.All(
            entry => isApplied(IsOfEverything ? of.Partition : Partition, new Dot(entry.Value, entry.Key))));
}
