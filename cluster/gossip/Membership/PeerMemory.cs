using System.Globalization;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// What a node remembers across restarts: its last generation, so that the next one is later whatever the clock says,
/// and where the others were, so that it finds them when all seeds have moved.
/// </summary>
/// <remarks>
/// A text file, one thing a line: <c>generation N</c> and <c>peer HOST:PORT</c>. Nothing in it is needed, so what does
/// not read is passed over.
/// </remarks>
/// <param name="Generation">The last generation used.</param>
/// <param name="Peers">Where other nodes were.</param>
internal sealed record PeerMemory(ulong Generation, IReadOnlyList<PeerAddress> Peers)
{
    private const int PeersMax = 256;

    public static PeerMemory Empty { get; } = new(0, []);

    public static PeerMemory Parse(string text)
    {
        ulong generation = 0;
        List<PeerAddress> peers = [];
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ');
            if (words is ["generation", string number] &&
                ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong read) &&
                read < 1UL << 61)
            {
                generation = read;
            }
            else if (words is ["peer", string place] && peers.Count < PeersMax &&
                PeerAddress.TryParse(place, 0, out PeerAddress peer))
            {
                peers.Add(peer);
            }
        }

        return new PeerMemory(generation, peers);
    }

    public string Format() => string.Concat(
        Peers.Take(PeersMax).Select(p => $"peer {p}\n")
            .Prepend(string.Create(CultureInfo.InvariantCulture, $"generation {Generation}\n")));
}
