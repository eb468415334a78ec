using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// Knows up to where every active node has applied everything. A counter slot that was reset may be forgotten then: its
/// writer has seen the reset, and will not go on adding to what was reset.
/// <code>
/// T = min over active nodes m, over active origins o, of applied_m[o]
/// an origin that is not active counts only until all active nodes agree on it
/// </code>
/// The writer may have added after <c>T</c> was reached elsewhere and before it saw the reset itself. Therefore a new
/// <c>T</c> is believed only when this node has applied all that any node had applied when <c>T</c> was made.
/// </summary>
internal sealed class StabilityTracker(IReplica replica)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, (Origin Origin, VersionVector Applied)> _heard = [];
    private HashSet<ushort> _active = [];
    private HashSet<Origin> _activeOrigins = [];
    private VersionVector? _awaited;
    private Stamp _candidate;
    private ulong _stable;

    /// <summary>Up to here every active node has applied everything.</summary>
    public Stamp Stable => new(Volatile.Read(ref _stable));

    /// <summary>Whether no other node counts.</summary>
    public bool IsAlone { get; private set; } = true;

    /// <summary>Sets who counts: every node that may hold data and was heard of lately.</summary>
    public void SetActive(IEnumerable<ushort> others)
    {
        lock (_gate)
        {
            _active = [.. others];
            IsAlone = _active.Count == 0;
            Advance();
        }
    }

    /// <summary>A node reports what it has applied.</summary>
    public void Hear(Origin origin, VersionVector applied)
    {
        lock (_gate)
        {
            _heard[origin.Node] = (origin, applied);
        }
    }

    /// <summary>Whether an origin writes among the active nodes, or has written all it ever will and all have it.</summary>
    public bool IsActive(Origin origin)
    {
        lock (_gate)
        {
            return IsAlone || _activeOrigins.Contains(origin);
        }
    }

    /// <summary>Draws the conclusions from what was heard.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            if (IsAlone || !_active.All(_heard.ContainsKey))
            {
                return;
            }

            VersionVector own = replica.Applied;
            List<VersionVector> vectors = [own, .. _active.Select(node => _heard[node].Applied)];
            HashSet<Origin> writers = [replica.Origin, .. _active.Select(node => _heard[node].Origin)];
            var agreed = new HashSet<Origin>(writers);
            Stamp least = new(ulong.MaxValue);
            foreach (Origin origin in vectors.SelectMany(vector => vector.Entries).Select(entry => entry.Key).Concat(writers).Distinct())
            {
                Stamp low = vectors.Min(vector => vector[origin]);
                if (!writers.Contains(origin) && low == vectors.Max(vector => vector[origin]))
                {
                    agreed.Add(origin);
                }
                else
                {
                    least = low < least ? low : least;
                }
            }

            _activeOrigins = agreed;
            Believe(own, vectors, least);
        }
    }

    private void Believe(VersionVector own, List<VersionVector> vectors, Stamp least)
    {
        if (_awaited is not null && _awaited.Entries.All(entry => own.Covers(new Dot(entry.Value, entry.Key))))
        {
            Volatile.Write(ref _stable, Math.Max(_stable, _candidate.Value));
            _awaited = null;
        }

        if (_awaited is null && least.Value > _stable)
        {
            _candidate = least;
            _awaited = new VersionVector();
            vectors.ForEach(_awaited.Join);
        }
    }
}
