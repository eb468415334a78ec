using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Partitions with an applied vector of their own, because for some time no stream brought them: what the node did not
/// keep then, and what it takes over now. Since a stream brings one again, everything above a floor has come by it, and
/// counts once a comparison has closed the hole below.
/// <code>
/// applied(p, o) = own[p][o]              no stream of o brings p
///               = max(own[p][o], S[o])   one does, all above a floor, and own[p][o] >= floor
///               S[o]: up to where the stream of o was taken in since the start
/// </code>
/// Floors are not kept across restarts: streams begin anew then, and the holes are a little larger.
/// </summary>
/// <param name="streamed">S.</param>
internal sealed class DetachedPartitions(Func<Origin, Stamp> streamed)
{
    private readonly SortedDictionary<Origin, Stamp>?[] _floors = new SortedDictionary<Origin, Stamp>?[Limits.Partitions];
    private PartitionVectors _own = new();

    public int Count => _own.Count;

    public bool Contains(ushort partition) => _own[partition] is not null;

    /// <summary>The origins listed for a partition.</summary>
    public IEnumerable<Origin> OriginsOf(ushort partition)
    {
        IEnumerable<Origin> listed = _own[partition]!.Entries.Select(entry => entry.Key);
        return _floors[partition] is { } floors ? listed.Concat(floors.Keys) : listed;
    }

    public Stamp Of(ushort partition, Origin origin)
    {
        Stamp own = _own[partition]![origin];
        return IsContinuous(partition, origin) ? Stamp.Max(own, streamed(origin)) : own;
    }

    /// <summary>Whether what the stream of an origin brings counts.</summary>
    public bool IsContinuous(ushort partition, Origin origin) =>
        _floors[partition] is { } floors && floors.TryGetValue(origin, out Stamp floor) && _own[partition]![origin] >= floor;

    /// <summary>Whether a node's stream counts, under whatever origin it writes now.</summary>
    public bool Counts(ushort partition, ushort node) =>
        _floors[partition] is { } floors && floors.Keys.Any(origin => origin.Node == node) &&
        floors.Keys.Where(origin => origin.Node == node).All(origin => IsContinuous(partition, origin));

    public void Add(ushort partition, VersionVector own)
    {
        _own.Put(partition, own);
        _floors[partition] = null;
    }

    public void Remove(ushort partition)
    {
        _own.Remove(partition);
        _floors[partition] = null;
    }

    public void Raise(ushort partition, Origin origin, Stamp stamp) => _own.Raise(partition, origin, stamp);

    /// <summary>Above a floor, all that an origin writes comes here from now on.</summary>
    public void SetFloor(ushort partition, Origin origin, Stamp floor)
    {
        Keep(partition, origin);
        (_floors[partition] ??= [])[origin] = floor;
    }

    /// <summary>A stream goes on behind a hole.</summary>
    public void RaiseFloors(Origin origin, Stamp floor)
    {
        foreach ((ushort partition, _) in _own.All)
        {
            if (_floors[partition]?.ContainsKey(origin) == true)
            {
                SetFloor(partition, origin, floor);
            }
        }
    }

    /// <summary>A stream begins that brings the partitions of a filter.</summary>
    /// <param name="origin">Whose it is.</param>
    /// <param name="filter">What it brings.</param>
    /// <param name="before">What the node's stream brought until now.</param>
    public void Begin(Origin origin, StreamFilter filter, PartitionSet before)
    {
        foreach ((ushort partition, _) in _own.All)
        {
            if (!filter.Partitions.Contains(partition))
            {
                Unsubscribe(partition, origin.Node);
                continue;
            }

            bool wasBrought = before.Contains(partition) && _floors[partition]?.Keys.Any(o => o.Node == origin.Node) == true;
            if (!wasBrought)
            {
                Unsubscribe(partition, origin.Node);
                if (filter.Floor != Stamp.Latest)
                {
                    SetFloor(partition, origin, filter.Floor);
                }
            }
            else if (!_floors[partition]!.ContainsKey(origin))
            {
                // The node writes under a new origin, and nothing of that was left out.
                SetFloor(partition, origin, Stamp.Zero);
            }
        }
    }

    /// <summary>This node writes under an origin; all of that is here that is stamped later.</summary>
    public void BeginOwn(Origin origin, Stamp floor)
    {
        foreach ((ushort partition, _) in _own.All)
        {
            SetFloor(partition, origin, floor);
        }
    }

    public void Write(RecordWriter writer) => _own.Write(writer);

    public void Read(ref RecordReader reader, ReadOnlySpan<byte> source) => _own = PartitionVectors.Read(ref reader, source);

    private void Unsubscribe(ushort partition, ushort node)
    {
        foreach (Origin origin in _floors[partition]?.Keys.Where(o => o.Node == node).ToArray() ?? [])
        {
            Keep(partition, origin);
            _floors[partition]!.Remove(origin);
        }
    }

    /// <summary>What counts now goes on counting, whatever becomes of the floor.</summary>
    private void Keep(ushort partition, Origin origin)
    {
        if (Of(partition, origin) is { Value: > 0 } applied)
        {
            _own.Raise(partition, origin, applied);
        }
    }
}
