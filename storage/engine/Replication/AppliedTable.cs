using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What this node has applied of every origin, partition by partition.
/// <para>
/// Nearly always one vector says it for all partitions: the streams of peers raise it (<c>base</c>). Anti-entropy
/// raises a single partition (<c>ahead</c>). When a stream goes on behind a hole, everything it brings lies above the
/// hole (<c>gaps</c>) and counts in a partition once anti-entropy has closed the hole there.
/// </para>
/// <code>
/// applied(p, o) = a            where a = max(base[o], ahead[p][o]); when o has a gap and a >= its floor: max(a, through)
/// </code>
/// <para>
/// Beside that it remembers what was heard of beyond the vector (<c>above</c>): writes that came out of order, and
/// removals of what has not arrived. While there is any, nobody may adopt the partition's vector.
/// </para>
/// </summary>
internal sealed class AppliedTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Origin, Stamp> _base = [];
    private readonly Dictionary<Origin, StreamGap> _gaps = [];
    private readonly VersionVector?[] _ahead = new VersionVector?[Limits.Partitions];
    private readonly VersionVector?[] _above = new VersionVector?[Limits.Partitions];
    private int _aheadCount;

    /// <summary>Whether some partition's vector differs from the others'.</summary>
    public bool IsUneven
    {
        get
        {
            lock (_gate)
            {
                return _aheadCount > 0 || _gaps.Count > 0;
            }
        }
    }

    /// <summary>The newest stamp in it.</summary>
    public Stamp Newest
    {
        get
        {
            lock (_gate)
            {
                Stamp newest = _base.Values.Concat(_gaps.Values.Select(gap => gap.Through)).DefaultIfEmpty().Max();
                return _ahead.Concat(_above)
                    .SelectMany(vector => vector?.Entries ?? [])
                    .Aggregate(newest, (latest, entry) => Stamp.Max(latest, entry.Value));
            }
        }
    }

    /// <summary>What is applied in every partition.</summary>
    public VersionVector Base
    {
        get
        {
            lock (_gate)
            {
                var vector = new VersionVector();
                foreach ((Origin origin, Stamp stamp) in _base)
                {
                    vector.Raise(origin, stamp);
                }

                return vector;
            }
        }
    }

    public Stamp BaseOf(Origin origin)
    {
        lock (_gate)
        {
            return _base.GetValueOrDefault(origin);
        }
    }

    /// <summary>Whether a dot is applied in a partition.</summary>
    public bool Covers(ushort partition, Dot dot)
    {
        lock (_gate)
        {
            return dot.Stamp <= Of(partition, dot.Origin);
        }
    }

    /// <summary>What is applied in a partition.</summary>
    public VersionVector In(ushort partition)
    {
        lock (_gate)
        {
            var vector = new VersionVector();
            foreach (Origin origin in OriginsOf(partition))
            {
                vector.Raise(origin, Of(partition, origin));
            }

            return vector;
        }
    }

    public bool HasOwnVector(ushort partition)
    {
        lock (_gate)
        {
            return _ahead[partition] is not null || _gaps.Count > 0;
        }
    }

    /// <summary>A stream has brought everything of an origin up to a stamp.</summary>
    public void RaiseStream(Origin origin, Stamp closed)
    {
        lock (_gate)
        {
            if (_gaps.TryGetValue(origin, out StreamGap gap))
            {
                _gaps[origin] = gap with { Through = Stamp.Max(gap.Through, closed) };
            }
            else if (closed > _base.GetValueOrDefault(origin))
            {
                _base[origin] = closed;
            }
        }
    }

    /// <summary>A stream goes on behind a hole that reaches up to a stamp.</summary>
    public void OpenGap(Origin origin, Stamp floor)
    {
        lock (_gate)
        {
            if (floor <= _base.GetValueOrDefault(origin))
            {
                return;
            }

            if (_gaps.ContainsKey(origin))
            {
                // Where the hole before was closed, what came above it stays applied; it is not contiguous with what
                // comes now.
                KeepApart(origin);
            }

            _gaps[origin] = new StreamGap(floor, floor);
        }
    }

    /// <summary>Anti-entropy has brought a partition as far as a peer.</summary>
    public void RaisePartition(ushort partition, VersionVector vector)
    {
        lock (_gate)
        {
            foreach ((Origin origin, Stamp stamp) in vector.Entries)
            {
                if (stamp > Of(partition, origin))
                {
                    RaiseAhead(partition, origin, stamp);
                }
            }
        }
    }

    /// <summary>Whether a vector says more of a partition than is applied there.</summary>
    public bool IsBehind(ushort partition, VersionVector vector, Origin self)
    {
        lock (_gate)
        {
            foreach ((Origin origin, Stamp stamp) in vector.Entries)
            {
                if (origin != self && stamp > Of(partition, origin))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Something beyond the vector was heard of.</summary>
    public void Mention(ushort partition, Dot dot)
    {
        lock (_gate)
        {
            if (dot.Stamp > Of(partition, dot.Origin))
            {
                (_above[partition] ??= new VersionVector()).Raise(dot.Origin, dot.Stamp);
            }
        }
    }

    /// <summary>Whether nothing beyond the vector is known in a partition.</summary>
    public bool IsTidy(ushort partition)
    {
        lock (_gate)
        {
            VersionVector? above = _above[partition];
            if (above is null)
            {
                return true;
            }

            above.Forget(dot => dot.Stamp <= Of(partition, dot.Origin));
            if (above.Count > 0)
            {
                return false;
            }

            _above[partition] = null;
            return true;
        }
    }

    /// <summary>Moves what all partitions have in common into the one vector.</summary>
    public void Fold()
    {
        lock (_gate)
        {
            if (_aheadCount == 0 && _gaps.Count == 0)
            {
                return;
            }

            // What is ahead everywhere is ahead in the first partition.
            IEnumerable<Origin> raised = _ahead[0]?.Entries.Select(entry => entry.Key) ?? [];
            foreach (Origin origin in _gaps.Keys.Concat(raised).Distinct().ToArray())
            {
                FoldOrigin(origin);
            }

            for (int p = 0; p < _ahead.Length; p++)
            {
                if (_ahead[p] is { } ahead)
                {
                    ahead.Forget(dot => dot.Stamp <= _base.GetValueOrDefault(dot.Origin));
                    if (ahead.Count == 0)
                    {
                        _ahead[p] = null;
                        _aheadCount--;
                    }
                }
            }
        }
    }

    /// <summary>
    /// <code>
    /// base vector | n u16 x { origin u32 | floor u64 | through u64 } | n u16 x { partition u16 | ahead vector }
    /// | n u16 x { partition u16 | above vector }
    /// </code>
    /// </summary>
    public void Write(RecordWriter writer, Dot own)
    {
        lock (_gate)
        {
            VersionVector all = Base;
            all.Raise(own.Origin, own.Stamp);
            all.Write(writer.Reserve(all.EncodedLength));
            writer.WriteUInt16((ushort)_gaps.Count);
            foreach ((Origin origin, StreamGap gap) in _gaps.OrderBy(pair => pair.Key))
            {
                writer.WriteUInt32(origin.Value);
                writer.WriteUInt64(gap.Floor.Value);
                writer.WriteUInt64(gap.Through.Value);
            }

            WriteVectors(writer, _ahead);
            WriteVectors(writer, _above);
        }
    }

    public static AppliedTable Read(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        var table = new AppliedTable();
        foreach ((Origin origin, Stamp stamp) in ReadVector(ref reader, source).Entries)
        {
            table._base[origin] = stamp;
        }

        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            table._gaps[new Origin(reader.ReadUInt32())] =
                new StreamGap(new Stamp(reader.ReadUInt64()), new Stamp(reader.ReadUInt64()));
        }

        table._aheadCount = ReadVectors(ref reader, source, table._ahead);
        ReadVectors(ref reader, source, table._above);
        return table;
    }

    private static void WriteVectors(RecordWriter writer, VersionVector?[] vectors)
    {
        writer.WriteUInt16((ushort)vectors.Count(vector => vector is not null));
        for (int p = 0; p < vectors.Length; p++)
        {
            if (vectors[p] is { } vector)
            {
                writer.WriteUInt16((ushort)p);
                vector.Write(writer.Reserve(vector.EncodedLength));
            }
        }
    }

    private static int ReadVectors(ref RecordReader reader, ReadOnlySpan<byte> source, VersionVector?[] vectors)
    {
        int count = reader.ReadUInt16();
        for (int n = count; n > 0; n--)
        {
            ushort partition = reader.ReadUInt16();
            if (partition >= vectors.Length)
            {
                throw new RecordFormatException("partition out of range");
            }

            vectors[partition] = ReadVector(ref reader, source);
        }

        return count;
    }

    private static VersionVector ReadVector(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        VersionVector vector = VersionVector.Read(source[reader.Position..], out int consumed);
        reader.ReadBytes(consumed);
        return vector;
    }

    private IEnumerable<Origin> OriginsOf(ushort partition) =>
        _base.Keys.Concat(_ahead[partition]?.Entries.Select(entry => entry.Key) ?? []).Distinct();

    private Stamp Of(ushort partition, Origin origin)
    {
        Stamp applied = _base.GetValueOrDefault(origin);
        if (_ahead[partition] is { } ahead)
        {
            applied = Stamp.Max(applied, ahead[origin]);
        }

        return _gaps.Count > 0 && _gaps.TryGetValue(origin, out StreamGap gap) && applied >= gap.Floor
            ? Stamp.Max(applied, gap.Through)
            : applied;
    }

    private void KeepApart(Origin origin)
    {
        for (int p = 0; p < _ahead.Length; p++)
        {
            Stamp applied = Of((ushort)p, origin);
            if (applied > _base.GetValueOrDefault(origin))
            {
                RaiseAhead((ushort)p, origin, applied);
            }
        }
    }

    private void RaiseAhead(ushort partition, Origin origin, Stamp stamp)
    {
        if (_ahead[partition] is null)
        {
            _ahead[partition] = new VersionVector();
            _aheadCount++;
        }

        _ahead[partition]!.Raise(origin, stamp);
    }

    private void FoldOrigin(Origin origin)
    {
        Stamp least = Of(0, origin);
        for (int p = 1; p < _ahead.Length && least > Stamp.Zero; p++)
        {
            Stamp here = Of((ushort)p, origin);
            least = here < least ? here : least;
        }

        if (least > _base.GetValueOrDefault(origin))
        {
            _base[origin] = least;
        }

        if (_gaps.TryGetValue(origin, out StreamGap gap) && _base.GetValueOrDefault(origin) >= gap.Floor)
        {
            _gaps.Remove(origin);
        }
    }

    /// <summary>A hole in the stream of an origin.</summary>
    /// <param name="Floor">Up to where entries may be missing.</param>
    /// <param name="Through">Up to where everything above the floor has come.</param>
    private readonly record struct StreamGap(Stamp Floor, Stamp Through);
}
