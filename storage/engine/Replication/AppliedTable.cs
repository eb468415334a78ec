using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What this node has applied of every origin, partition by partition.
/// <para>
/// Nearly always one vector says it for all partitions that are attached to it: the streams of peers raise it
/// (<c>base</c>). Anti-entropy raises a single partition (<c>ahead</c>). When a stream goes on behind a hole, everything
/// it brings lies above the hole (<c>gaps</c>) and counts in a partition once anti-entropy has closed the hole there.
/// Partitions that streams do not bring, or did not for a while, are detached (see <see cref="DetachedPartitions"/>).
/// </para>
/// <code>
/// attached: applied(p, o) = a   where a = max(base[o], ahead[p][o]); when o has a gap and a >= its floor: max(a, through)
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
    private readonly Dictionary<Origin, Stamp> _streamed = [];
    private readonly Dictionary<Origin, StreamGap> _gaps = [];
    private readonly DetachedPartitions _detached;
    private PartitionVectors _ahead = new();
    private PartitionVectors _above = new();
    private volatile int _detachedCount;
    private volatile PartitionSet? _attached = PartitionSet.All;

    public AppliedTable() => _detached = new DetachedPartitions(Streamed);

    /// <summary>Whether some attached partition's vector differs from the others'.</summary>
    public bool IsUneven
    {
        get
        {
            lock (_gate)
            {
                return _ahead.Count > 0 || _gaps.Count > 0;
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
                IEnumerable<Stamp> detached = Enumerable.Range(0, Limits.Partitions).Select(p => (ushort)p)
                    .Where(_detached.Contains)
                    .SelectMany(p => _detached.OriginsOf(p).Select(origin => _detached.Of(p, origin)));
                return _base.Values
                    .Concat(_gaps.Values.Select(gap => gap.Through))
                    .Concat(_ahead.All.Concat(_above.All).SelectMany(of => of.Vector.Entries).Select(entry => entry.Value))
                    .Concat(_detachedCount > 0 ? detached : [])
                    .DefaultIfEmpty().Max();
            }
        }
    }

    /// <summary>What is applied in every attached partition.</summary>
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

    /// <summary>The origins it speaks of.</summary>
    public IEnumerable<Origin> Origins
    {
        get
        {
            lock (_gate)
            {
                IEnumerable<Origin> detached = Enumerable.Range(0, Limits.Partitions).Select(p => (ushort)p)
                    .Where(_detached.Contains).SelectMany(_detached.OriginsOf);
                return [.. _base.Keys
                    .Concat(_gaps.Keys)
                    .Concat(_ahead.All.Concat(_above.All).SelectMany(of => of.Vector.Entries).Select(entry => entry.Key))
                    .Concat(_detachedCount > 0 ? detached : [])
                    .Distinct()];
            }
        }
    }

    /// <summary>The partitions whose vector is the common one.</summary>
    public PartitionSet Attached
    {
        get
        {
            lock (_gate)
            {
                return _attached ??= PartitionSet.Where(partition => !_detached.Contains(partition));
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

    public bool IsAttached(ushort partition)
    {
        if (_detachedCount == 0)
        {
            return true;
        }

        lock (_gate)
        {
            return !_detached.Contains(partition);
        }
    }

    /// <summary>Whether anything is claimed of what others wrote in a partition, or their streams bring it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="self">This node.</param>
    public bool HasOthers(ushort partition, ushort self)
    {
        lock (_gate)
        {
            return !_detached.Contains(partition) || _detached.OriginsOf(partition).Any(origin => origin.Node != self);
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
            return VectorOf(partition);
        }
    }

    public bool HasOwnVector(ushort partition)
    {
        lock (_gate)
        {
            return _ahead[partition] is not null || _gaps.Count > 0 || _detached.Contains(partition);
        }
    }

    /// <summary>Whether everything that the stream of an origin brings counts in a partition.</summary>
    public bool IsContinuous(ushort partition, Origin origin)
    {
        if (_detachedCount == 0 && _gaps.Count == 0)
        {
            return true;
        }

        lock (_gate)
        {
            return _detached.Contains(partition)
                ? _detached.IsContinuous(partition, origin)
                : !_gaps.TryGetValue(origin, out StreamGap gap) || Of(partition, origin) >= gap.Floor;
        }
    }

    /// <summary>A stream has brought everything of an origin up to a stamp.</summary>
    public void RaiseStream(Origin origin, Stamp closed)
    {
        lock (_gate)
        {
            _streamed[origin] = Stamp.Max(Streamed(origin), closed);
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

            _detached.RaiseFloors(origin, floor);
            _gaps[origin] = new StreamGap(floor, floor);
        }
    }

    /// <summary>A stream begins; it brings all attached partitions, and some others.</summary>
    public void Begin(Origin origin, StreamFilter filter, PartitionSet before)
    {
        lock (_gate)
        {
            _detached.Begin(origin, filter, before);
        }
    }

    /// <summary>This node writes under an origin. In detached partitions only what it wrote later than a stamp is surely
    /// here.</summary>
    public void BeginOwn(Origin origin, Stamp floor)
    {
        lock (_gate)
        {
            _detached.BeginOwn(origin, floor);
        }
    }

    /// <summary>Gives a partition a vector of its own: what is applied there now.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="own">Up to where this node's own writes are complete.</param>
    public void Detach(ushort partition, Dot own)
    {
        lock (_gate)
        {
            if (_detached.Contains(partition))
            {
                return;
            }

            VersionVector vector = VectorOf(partition);
            vector.Raise(own.Origin, own.Stamp);
            _ahead.Remove(partition);
            _detached.Add(partition, vector);
            _detached.SetFloor(partition, own.Origin, own.Stamp);
            NoteDetached();
        }
    }

    /// <summary>A detached partition is as if it had never been here.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="own">This node's own writes up to here may be missing from now on.</param>
    public void Reset(ushort partition, Dot own)
    {
        lock (_gate)
        {
            _ahead.Remove(partition);
            _detached.Add(partition, new VersionVector());
            _detached.SetFloor(partition, own.Origin, own.Stamp);
            _above.Remove(partition);
            NoteDetached();
        }
    }

    /// <summary>Something that this node wrote in a detached partition of which nothing is applied, up to a dot, is no
    /// longer here. What was heard of stays noted.</summary>
    public void ForgetOwn(ushort partition, Dot own)
    {
        lock (_gate)
        {
            if (_detached.Contains(partition))
            {
                _detached.Add(partition, new VersionVector());
                _detached.SetFloor(partition, own.Origin, own.Stamp);
            }
        }
    }

    /// <summary>Makes a partition's vector the common one, if it says at least as much.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="self">The origin of this node.</param>
    /// <param name="nodes">Whose streams must count in it: all that may still bring something.</param>
    /// <returns>Whether it is attached now.</returns>
    public bool TryAttach(ushort partition, Origin self, IEnumerable<ushort> nodes)
    {
        lock (_gate)
        {
            if (!_detached.Contains(partition))
            {
                return true;
            }

            if (!_detached.IsContinuous(partition, self) || !nodes.All(node => _detached.Counts(partition, node)) ||
                !_base.All(entry => entry.Key == self || _detached.Of(partition, entry.Key) >= entry.Value))
            {
                return false;
            }

            VersionVector vector = VectorOf(partition);
            _detached.Remove(partition);
            NoteDetached();
            foreach ((Origin origin, Stamp stamp) in vector.Entries)
            {
                if (stamp > _base.GetValueOrDefault(origin) && origin != self)
                {
                    _ahead.Raise(partition, origin, stamp);
                }
            }

            return true;
        }
    }

    /// <summary>Anti-entropy has brought a partition as far as a peer.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="vector">The peer's.</param>
    /// <param name="self">The origin of this node, all of whose writes are in attached partitions anyway.</param>
    public void RaisePartition(ushort partition, VersionVector vector, Origin self = default)
    {
        lock (_gate)
        {
            bool isDetached = _detached.Contains(partition);
            foreach ((Origin origin, Stamp stamp) in vector.Entries)
            {
                if (stamp <= Of(partition, origin) || (origin == self && !isDetached))
                {
                    continue;
                }

                if (isDetached)
                {
                    _detached.Raise(partition, origin, stamp);
                }
                else
                {
                    _ahead.Raise(partition, origin, stamp);
                }
            }
        }
    }

    /// <summary>Whether more is applied in a partition than a vector says that covers what all have in common.</summary>
    public bool IsBeyond(ushort partition, VersionVector vector)
    {
        lock (_gate)
        {
            bool isUneven = _ahead[partition] is not null || _gaps.Count > 0 || _detached.Contains(partition);
            return isUneven && VectorOf(partition).Entries.Any(entry => entry.Value > vector[entry.Key]);
        }
    }

    /// <summary>Whether a vector says more of a partition than is applied there.</summary>
    public bool IsBehind(ushort partition, VersionVector vector, Origin self)
    {
        lock (_gate)
        {
            bool isOwnWhole = !_detached.Contains(partition) || _detached.IsContinuous(partition, self);
            return vector.Entries.Any(entry =>
                (entry.Key != self || !isOwnWhole) && entry.Value > Of(partition, entry.Key));
        }
    }

    /// <summary>Something beyond the vector was heard of.</summary>
    public void Mention(ushort partition, Dot dot)
    {
        lock (_gate)
        {
            if (dot.Stamp > Of(partition, dot.Origin))
            {
                _above.Raise(partition, dot.Origin, dot.Stamp);
            }
        }
    }

    /// <summary>Whether nothing beyond the vector is known in a partition.</summary>
    public bool IsTidy(ushort partition)
    {
        lock (_gate)
        {
            return _above.Forget(partition, (p, dot) => dot.Stamp <= Of(p, dot.Origin));
        }
    }

    /// <summary>Moves what all attached partitions have in common into the one vector.</summary>
    public void Fold()
    {
        lock (_gate)
        {
            if (_ahead.Count == 0 && _gaps.Count == 0)
            {
                return;
            }

            // What is ahead everywhere is ahead in the first partition.
            int first = Enumerable.Range(0, Limits.Partitions).FirstOrDefault(p => !_detached.Contains((ushort)p), -1);
            IEnumerable<Origin> raised = first >= 0 && _ahead[(ushort)first] is { } ahead
                ? ahead.Entries.Select(entry => entry.Key)
                : [];
            foreach (Origin origin in _gaps.Keys.Concat(raised).Distinct().ToArray())
            {
                FoldOrigin(origin, Math.Max(first, 0));
            }

            _ahead.Forget((_, dot) => dot.Stamp <= _base.GetValueOrDefault(dot.Origin));
        }
    }

    /// <summary>
    /// <code>
    /// base vector | n u16 x { origin u32 | floor u64 | through u64 } | n u16 x { partition u16 | ahead vector }
    /// | n u16 x { partition u16 | above vector } | n u16 x { partition u16 | vector of a detached one }
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

            _ahead.Write(writer);
            _above.Write(writer);
            _detached.Write(writer);
        }
    }

    public static AppliedTable Read(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        var table = new AppliedTable();
        foreach ((Origin origin, Stamp stamp) in PartitionVectors.ReadVector(ref reader, source).Entries)
        {
            table._base[origin] = stamp;
        }

        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            table._gaps[new Origin(reader.ReadUInt32())] =
                new StreamGap(new Stamp(reader.ReadUInt64()), new Stamp(reader.ReadUInt64()));
        }

        table._ahead = PartitionVectors.Read(ref reader, source);
        table._above = PartitionVectors.Read(ref reader, source);
        table._detached.Read(ref reader, source);
        table.NoteDetached();
        return table;
    }

    private void NoteDetached() => (_detachedCount, _attached) = (_detached.Count, null);

    /// <summary>Up to where the stream of an origin was taken in since the start. The common vector may say more: what
    /// comparisons brought to attached partitions did not come to the others.</summary>
    private Stamp Streamed(Origin origin) => _streamed.GetValueOrDefault(origin);

    private VersionVector VectorOf(ushort partition)
    {
        IEnumerable<Origin> origins = _detached.Contains(partition)
            ? _detached.OriginsOf(partition)
            : _base.Keys.Concat(_ahead[partition]?.Entries.Select(entry => entry.Key) ?? []);
        var vector = new VersionVector();
        foreach (Origin origin in origins)
        {
            vector.Raise(origin, Of(partition, origin));
        }

        return vector;
    }

    private Stamp Of(ushort partition, Origin origin)
    {
        if (_detachedCount > 0 && _detached.Contains(partition))
        {
            return _detached.Of(partition, origin);
        }

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
        for (ushort p = 0; p < Limits.Partitions; p++)
        {
            if (!_detached.Contains(p) && Of(p, origin) is var applied && applied > _base.GetValueOrDefault(origin))
            {
                _ahead.Raise(p, origin, applied);
            }
        }
    }

    private void FoldOrigin(Origin origin, int first)
    {
        // Where no partition is attached, nothing contradicts the stream.
        Stamp least = _detached.Contains((ushort)first) ? Streamed(origin) : Of((ushort)first, origin);
        for (ushort p = (ushort)first; p < Limits.Partitions && least > Stamp.Zero; p++)
        {
            if (!_detached.Contains(p) && Of(p, origin) is var here && here < least)
            {
                least = here;
            }
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
