using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Membership;

namespace Marekvs.Cluster.Tests.Membership;

/// <summary>
/// Many nodes in virtual time on one thread, over a network that delays, loses, doubles and cuts as told. Everything
/// follows from the seed.
/// </summary>
internal sealed class SimulatedCluster(int seed)
{
    private const long Interval = 500;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Dictionary<PeerAddress, SimulatedNode> _listening = [];
    private long _order;

    public long Now { get; private set; } = 1_700_000_000_000;

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>Share of datagrams that are lost.</summary>
    public double Loss { get; set; }

    /// <summary>Share of datagrams that arrive twice.</summary>
    public double Doubling { get; set; }

    /// <summary>The longest time a datagram takes.</summary>
    public int DelayMax { get; set; } = 20;

    /// <summary>Whether datagrams from one node to another are lost.</summary>
    public Func<PeerAddress, PeerAddress, bool> IsCut { get; set; } = (_, _) => false;

    /// <summary>Sees every datagram that is sent.</summary>
    public Action<PeerAddress, OutgoingDatagram> OnSend { get; set; } = (_, _) => { };

    public long BytesSent { get; private set; }

    public static PeerAddress AddressOf(ushort number) => new($"10.0.0.{number}", 7946);

    /// <summary>Starts a process.</summary>
    public SimulatedNode Start(
        ushort number, PeerAddress? address = null, IReadOnlyList<PeerAddress>? seeds = null,
        PeerMemory? memory = null, string secret = "", string cluster = "test")
    {
        var options = new MembershipOptions
        {
            Number = number,
            ClusterName = cluster,
            Interval = TimeSpan.FromMilliseconds(Interval),
            Seeds = seeds ?? [AddressOf(1)],
            Memory = memory ?? PeerMemory.Empty,
            Nonce = (ulong)_random.NextInt64(),
        };
        var node = new SimulatedNode(
            number, address ?? AddressOf(number), options, secret, cluster, new Random(_random.Next()), Now);
        Nodes.Add(node);
        _listening[node.Address] = node;
        After(_random.Next((int)Interval), () => Tick(node));
        return node;
    }

    /// <summary>Starts nodes 1 to a number and lets them become active.</summary>
    public void Form(int count)
    {
        for (ushort number = 1; number <= count; number++)
        {
            Start(number);
        }

        RunUntil(() => Nodes.All(n => n.Protocol.View.Members.Count == count), within: 30_000);
        Nodes.ForEach(n => n.Protocol.Enter(MemberState.Active, Now));
        RunUntil(() => Nodes.All(n => n.Protocol.View.Members.All(m => m.State == MemberState.Active)), within: 30_000);
    }

    /// <summary>The process is gone, as after kill -9.</summary>
    public void Crash(SimulatedNode node)
    {
        Nodes.Remove(node);
        if (_listening.GetValueOrDefault(node.Address) == node)
        {
            _listening.Remove(node.Address);
        }
    }

    public SimulatedNode Node(ushort number) => Nodes.First(n => n.Number == number);

    public void Run(long milliseconds)
    {
        long end = Now + milliseconds;
        while (_events.TryPeek(out _, out (long Time, long Order) at) && at.Time <= end)
        {
            Step();
        }

        Now = end;
    }

    /// <summary>Runs until something holds.</summary>
    /// <returns>The milliseconds it took.</returns>
    public long RunUntil(Func<bool> holds, long within)
    {
        long start = Now;
        while (!holds())
        {
            Assert.IsLessThanOrEqualTo(
                start + within, Now,
                $"seed {seed}: not within {within} ms\n" + string.Join('\n', Nodes.Select(n => $"{n.Number}: {n.Describe()}")));
            Step();
        }

        return Now - start;
    }

    /// <summary>Delivers bytes as if they came from an address.</summary>
    public void Deliver(PeerAddress from, PeerAddress to, byte[] bytes)
    {
        if (_listening.TryGetValue(to, out SimulatedNode? node) && !node.IsStopped)
        {
            List<OutgoingDatagram> outbox = [];
            node.Protocol.Receive(from, bytes, Now, outbox);
            Send(node, outbox);
        }
    }

    private void Tick(SimulatedNode node)
    {
        if (!Nodes.Contains(node))
        {
            return;
        }

        if (!node.IsStopped)
        {
            List<OutgoingDatagram> outbox = [];
            node.Protocol.Tick(Now, outbox);
            Send(node, outbox);
        }

        After(Interval + _random.Next(-20, 21), () => Tick(node));
    }

    private void Send(SimulatedNode node, List<OutgoingDatagram> outbox)
    {
        foreach (OutgoingDatagram datagram in outbox)
        {
            OnSend(node.Address, datagram);
            BytesSent += datagram.Bytes.Length;
            int copies = _random.NextDouble() < Doubling ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                if (_random.NextDouble() >= Loss)
                {
                    After(1 + _random.Next(DelayMax), () =>
                    {
                        if (!IsCut(node.Address, datagram.To))
                        {
                            Deliver(node.Address, datagram.To, datagram.Bytes);
                        }
                    });
                }
            }
        }
    }

    private void After(long milliseconds, Action action) =>
        _events.Enqueue(action, (Now + milliseconds, _order++));

    private void Step()
    {
        Action next = _events.TryDequeue(out Action? action, out (long Time, long Order) at)
            ? action
            : throw new InvalidOperationException("nothing happens any more");
        Now = Math.Max(Now, at.Time);
        next();
    }
}
