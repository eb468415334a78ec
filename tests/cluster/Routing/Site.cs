using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Routing;

namespace Marekvs.Cluster.Tests.Routing;

/// <summary>A node as routing sees it: its streams are numbers that the test moves, and commands run when the test says so.
/// </summary>
internal sealed class Site : IStreamProgress, IRoutingSink
{
    private readonly Dictionary<ushort, long> _takenIn = [];
    private readonly Dictionary<ushort, long> _acknowledged = [];
    private readonly Dictionary<ushort, long> _firstEnds = [];

    public Site(ushort number, RoutingOptions? options = null)
    {
        Number = number;
        Protocol = new RoutingProtocol(number, options ?? new RoutingOptions(), this, this, Outbox);
        Conversations = new Conversations(Outbox, Protocol);
    }

    public ushort Number { get; }

    public RoutingProtocol Protocol { get; }

    public Conversations Conversations { get; }

    public Queue<Outgoing> Outbox { get; } = new();

    /// <summary>Where its journal ends.</summary>
    public long End { get; set; } = 100;

    public List<RoutedRun> Started { get; } = [];

    public List<(RoutedRun Run, CallStop How)> Stopped { get; } = [];

    public List<ushort> Hurried { get; } = [];

    long IStreamProgress.OwnEnd => End;

    public static Site[] Cluster(params ushort[] numbers)
    {
        Site[] sites = [.. numbers.Select(n => new Site(n))];
        Array.ForEach(sites, site => site.Follow(numbers));
        foreach (Site one in sites)
        {
            foreach (Site other in sites.Where(s => s != one))
            {
                one.Meet(other);
            }
        }

        Run(0, sites);
        return sites;
    }

    /// <summary>Lets everybody speak until nobody has anything to say.</summary>
    public static void Run(long now, params Site[] sites)
    {
        bool isQuiet = false;
        while (!isQuiet)
        {
            isQuiet = true;
            foreach (Site site in sites)
            {
                site.Conversations.Tick(now);
                while (site.Outbox.TryDequeue(out Outgoing message))
                {
                    isQuiet = false;
                    Site? receiver = Array.Find(sites, s => s.Number == message.Node);
                    Assert.IsNull(receiver?.Conversations.Receive(site.Number, message.Bytes, now));
                }
            }
        }
    }

    /// <summary>Every partition belongs to these nodes, in this order.</summary>
    public void Follow(params ushort[] owners)
    {
        ushort[] table = [.. Enumerable.Range(0, Limits.Partitions).SelectMany(_ => owners)];
        var owned = new OwnerTable(owners.Length, table);
        Conversations.Follow(new ClusterView(
            1,
            [.. owners.Append(Number).Distinct().Select(n =>
                new ClusterMember(new Origin(n, 1), n == Number, MemberState.Active))],
            owners.Length, owned, owned), 0);
    }

    /// <summary>A connection, with all taken in on both sides.</summary>
    public void Meet(Site other)
    {
        (_takenIn[other.Number], _acknowledged[other.Number], _firstEnds[other.Number]) = (other.End, End, other.End);
        Conversations.Connect(other.Number, 0);
    }

    /// <summary>A connection after a time apart: what the other has written is not here yet, nor the other way.</summary>
    public void MeetAgain(Site other)
    {
        (_takenIn[other.Number], _acknowledged[other.Number], _firstEnds[other.Number]) = (0, 0, other.End);
        Conversations.Connect(other.Number, 0);
    }

    public void TakeIn(Site other, long position) => _takenIn[other.Number] = position;

    public void Acknowledged(Site by, long position) => _acknowledged[by.Number] = position;

    public Caller Send(ushort node, RoutedCommand command, long now = 0)
    {
        var caller = new Caller();
        caller.Id = Protocol.Begin(caller, node, command, now);
        return caller;
    }

    long IStreamProgress.TakenIn(ushort node) => _takenIn.GetValueOrDefault(node);

    long IStreamProgress.AcknowledgedBy(ushort node) => _acknowledged.GetValueOrDefault(node);

    long IStreamProgress.FirstEndOf(ushort node) => _firstEnds.GetValueOrDefault(node, -1);

    void IStreamProgress.Hurry(ushort node) => Hurried.Add(node);

    void IRoutingSink.Run(RoutedRun run) => Started.Add(run);

    void IRoutingSink.Stop(RoutedRun run, CallStop how) => Stopped.Add((run, how));

    void IRoutingSink.OwnersChanged(SoftOwners owners)
    {
    }

    internal sealed class Caller : IRoutedCaller
    {
        public ulong Id { get; set; }

        public RoutedReply? Reply { get; private set; }

        public void Complete(RoutedReply reply)
        {
            Assert.IsNull(Reply, "a call ends once");
            Reply = reply;
        }
    }
}
