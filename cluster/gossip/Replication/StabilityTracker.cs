using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.AntiEntropy;

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
/// <para>
/// A node that comes back, or is new, has not applied what the others forgot waiting for each other alone: then <c>T</c>
/// begins anew.
/// </para>
/// </summary>
internal sealed class StabilityTracker(IReplica replica, ExchangeFault fault = ExchangeFault.None)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, (Origin Origin, VersionVector Applied)> _heard = [];
    private HashSet<ushort> _active = [];
    private HashSet<ushort> _absent = [];
    private HashSet<Origin> _activeOrigins = [];
    private VersionVector? _awaited;
    private Stamp _candidate;
    private ulong _stable;
    private bool _isNew;

    /// <summary>Up to here every active node has applied everything.</summary>
    public Stamp Stable => new(Volatile.Read(ref _stable));

    /// <summary>Whether no other node counts.</summary>
    public bool IsAlone { get; private set; } = true;

    /// <summary>Sets who counts.</summary>
    /// <param name="others">Every node that may hold data and was heard of lately.</param>
    /// <param name="absent">Every node that may come back with data, and was not heard of for long.</param>
    public void SetActive(IEnumerable<ushort> others, IEnumerable<ushort> absent)
    {
        lock (_gate)
        {
            HashSet<ushort> active = [.. others];
            HashSet<ushort> away = [.. absent];
            if (!active.SetEquals(_active) || !away.SetEquals(_absent))
            {
                if (!active.IsSubsetOf(_active) && fault != ExchangeFault.KeepStability)
                {
                    BeginAnew(active.Except(_active));
                }

                (_active, _absent) = (active, away);
                _isNew = true;
            }

            IsAlone = _active.Count == 0;
        }
    }

    /// <summary>A node reports what it has applied.</summary>
    public void Hear(Origin origin, VersionVector applied)
    {
        lock (_gate)
        {
            _heard[origin.Node] = (origin, applied);
            _isNew = true;
        }
    }

    /// <summary>Whether an origin writes among the active nodes, or has written all it ever will and all have it. One whose
    /// node is away may have written what nobody here knows.</summary>
    public bool IsActive(Origin origin)
    {
        lock (_gate)
        {
            return !_absent.Contains(origin.Node) && (IsAlone || _activeOrigins.Contains(origin));
        }
    }

    /// <summary>Draws the conclusions from what was heard.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            if (!_isNew || IsAlone || !_active.All(_heard.ContainsKey))
            {
                return;
            }

            _isNew = false;

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

    /// <summary>Nothing is known to be applied everywhere until nodes that were not counted have reported.</summary>
    private void BeginAnew(IEnumerable<ushort> returned)
    {
        foreach (ushort node in returned)
        {
            _heard.Remove(node);
        }

        _awaited = null;
        _activeOrigins = [];
        Volatile.Write(ref _stable, 0);
    }

    private void Believe(VersionVector own, List<VersionVector> vectors, Stamp least)
    {
        // What nobody has any more, its holder having lost its disk, is not waited for.
        if (_awaited is not null && _awaited.Entries.All(awaited =>
            own.Covers(new Dot(awaited.Value, awaited.Key)) ||
            own[awaited.Key] == vectors.Max(vector => vector[awaited.Key])))
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
