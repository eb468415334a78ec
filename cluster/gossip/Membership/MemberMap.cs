using Marekvs.Abstractions;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// What this node knows of every node: the newest life of each, as a versioned map. Reconciling two of these is
/// comparing digests and sending what the other lacks.
/// </summary>
internal sealed class MemberMap
{
    /// <summary>Nodes that are remembered; a cluster has fewer by far.</summary>
    public const int MembersMax = 1024;

    private readonly SortedList<ushort, MemberRecord> _records = [];

    public MemberMap(MemberRecord self) => Become(self);

    /// <summary>This node's own map.</summary>
    public MemberRecord Self { get; private set; } = null!;

    /// <summary>All known nodes, by number.</summary>
    public IList<MemberRecord> Records => _records.Values;

    public MemberRecord? Find(ushort number) => _records.GetValueOrDefault(number);

    /// <summary>This node begins another life.</summary>
    public void Become(MemberRecord self)
    {
        Self = self;
        _records[self.Number] = self;
    }

    /// <summary>Another node begins its life, or another one.</summary>
    public void Adopt(MemberRecord record)
    {
        Invariant.That(record.Number != Self.Number, "nobody else tells a node who it is");
        _records[record.Number] = record;
    }

    public void Forget(ushort number)
    {
        Invariant.That(number != Self.Number, "a node does not forget itself");
        _records.Remove(number);
    }

    /// <summary>A digest of as many nodes as there is room for: this one, and others by chance.</summary>
    /// <param name="bytesMax">Room.</param>
    /// <param name="isTold">Which nodes are still spoken of.</param>
    /// <param name="random">Chooses when there are too many.</param>
    /// <param name="isWhole">Whether all that are still spoken of are in it.</param>
    public List<DigestLine> Digest(int bytesMax, Func<MemberRecord, bool> isTold, Random random, out bool isWhole)
    {
        MemberRecord[] others = [.. Records.Where(r => r != Self && isTold(r))];
        random.Shuffle(others);
        List<DigestLine> digest = [];
        foreach (MemberRecord record in others.Prepend(Self))
        {
            var line = new DigestLine(record.Number, record.Generation, record.Heartbeat, record.Version);
            bytesMax -= GossipCodec.Length(line);
            if (bytesMax < 0)
            {
                break;
            }

            digest.Add(line);
        }

        isWhole = digest.Count == others.Length + 1;
        return digest;
    }

    /// <summary>What the sender of a digest lacks, in no particular order, as much as fits.</summary>
    /// <param name="body">Its digest.</param>
    /// <param name="bytesMax">Room.</param>
    /// <param name="isTold">Which nodes are still spoken of.</param>
    /// <param name="random">Chooses when not all fits.</param>
    public List<MemberDelta> DeltasFor(
        GossipBody body, int bytesMax, Func<MemberRecord, bool> isTold, Random random)
    {
        Dictionary<ushort, DigestLine> known = [];
        foreach (DigestLine line in body.Digest)
        {
            known[line.Number] = line;
        }

        MemberRecord[] candidates = [.. Records];
        random.Shuffle(candidates);
        List<MemberDelta> deltas = [];
        foreach (MemberRecord record in candidates)
        {
            if (Lack(record, known, body.IsWhole && isTold(record)) is not MemberDelta delta)
            {
                continue;
            }

            bytesMax -= GossipCodec.Length(delta);
            if (bytesMax < 0)
            {
                break;
            }

            deltas.Add(delta);
        }

        return deltas;
    }

    private static MemberDelta? Lack(MemberRecord record, Dictionary<ushort, DigestLine> known, bool tellsUnknown)
    {
        if (!known.TryGetValue(record.Number, out DigestLine line))
        {
            return tellsUnknown ? record.DeltaAfter(0) : null;
        }

        if (line.Generation != record.Generation)
        {
            return line.Generation < record.Generation ? record.DeltaAfter(0) : null;
        }

        return line.Version < record.Version ? record.DeltaAfter(line.Version) : null;
    }
}
