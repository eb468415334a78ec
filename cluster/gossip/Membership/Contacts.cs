namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// Whom to speak to in a round: a few live nodes; now and then one that is down, for it may be back, and a seed, for
/// two halves that lost each other meet there again. A node that is alone asks everybody it ever knew of.
/// </summary>
/// <param name="seeds">From the settings; they may be names.</param>
/// <param name="remembered">Nodes of an earlier life.</param>
/// <param name="random">Chooses.</param>
internal sealed class Contacts(
    IReadOnlyList<PeerAddress> seeds, IReadOnlyList<PeerAddress> remembered, Random random)
{
    private const int LivePerRound = 3;
    private const int WhenAlone = 8;

    /// <summary>Chooses.</summary>
    /// <param name="live">Live nodes.</param>
    /// <param name="down">Nodes that are down.</param>
    public HashSet<PeerAddress> Choose(List<PeerAddress> live, List<PeerAddress> down)
    {
        HashSet<PeerAddress> chosen = [.. Some(live, LivePerRound)];
        if (live.Count == 0)
        {
            chosen.UnionWith(Some(seeds, WhenAlone));
            chosen.UnionWith(Some(down, WhenAlone));
            chosen.UnionWith(Some(remembered, WhenAlone));
            return chosen;
        }

        if (random.NextDouble() < (double)down.Count / (live.Count + 1))
        {
            chosen.UnionWith(Some(down, 1));
        }

        if (random.NextDouble() < (double)seeds.Count / (live.Count + down.Count))
        {
            chosen.UnionWith(Some(seeds, 1));
        }

        return chosen;
    }

    private IEnumerable<PeerAddress> Some(IReadOnlyList<PeerAddress> all, int most)
    {
        if (all.Count <= most)
        {
            return all;
        }

        PeerAddress[] shuffled = [.. all];
        random.Shuffle(shuffled);
        return shuffled.Take(most);
    }
}
