using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Testing;

namespace Marekvs.Cluster.Tests.Reads;

/// <summary>Nodes 1 and 2 own everything, node 3 nothing. Messages arrive at once unless the test loses them.</summary>
internal sealed class Sites : IAsyncDisposable
{
    private const int StepMilliseconds = 10;

    private readonly Site[] _all;
    private readonly HashSet<(ushort, ushort)> _apart = [];
    private long _view;

    public Sites(ReadOptions? options = null)
    {
        _all = [.. Enumerable.Range(1, 3).Select(n => new Site((ushort)n, options ?? new ReadOptions()))];
        Follow(1, 2);
        foreach (Site one in _all)
        {
            foreach (Site other in _all.Where(site => site != one))
            {
                one.Conversations.Connect(other.Number, Now);
            }
        }

        Advance(1500);
        Assert.IsTrue(First.Holdings.Held.IsAll && Second.Holdings.Held.IsAll);
        Assert.AreEqual(0, Copier.Holdings.Held.Count);
        Assert.AreEqual(0, Copier.Keeper.Wants.Partitions.Count);
        Assert.IsTrue(PartitionSet.All.Members.All(Copier.Keeper.HasCopies), "nothing comes or goes as a whole");
    }

    public Site First => _all[0];

    public Site Second => _all[1];

    public Site Copier => _all[2];

    /// <summary>Whether a message is lost on its way.</summary>
    public Func<ushort, Outgoing, bool> Loses { get; set; } = static (_, _) => false;

    /// <summary>Gives what arrives instead of a message, or null.</summary>
    public Func<ushort, Outgoing, byte[]?>? Damages { get; set; }

    /// <summary>Damaged messages that were refused; the connection is made anew each time.</summary>
    public int Refused { get; private set; }

    /// <summary>Whatever was sent.</summary>
    public List<(ushort From, Outgoing Message)> Sent { get; } = [];

    public long Now => First.Runner.Now - KeyspaceRunner.StartMilliseconds;

    public void Follow(params ushort[] owners)
    {
        _view++;
        Array.ForEach(_all, site => site.Follow(_view, owners, [1, 2, 3], Now));
    }

    /// <summary>Closes the connection between two nodes.</summary>
    public void Part(Site one, Site other)
    {
        _apart.Add((one.Number, other.Number));
        _apart.Add((other.Number, one.Number));
        one.Conversations.Disconnect(other.Number);
        other.Conversations.Disconnect(one.Number);
    }

    /// <summary>Connects two nodes again.</summary>
    public void Rejoin(Site one, Site other)
    {
        _apart.Remove((one.Number, other.Number));
        _apart.Remove((other.Number, one.Number));
        one.Conversations.Connect(other.Number, Now);
        other.Conversations.Connect(one.Number, Now);
    }

    public void Advance(int milliseconds)
    {
        for (int passed = 0; passed < milliseconds; passed += StepMilliseconds)
        {
            Step();
        }
    }

    /// <summary>Runs a command at the copier until it ends.</summary>
    public string Run(string line) => Run(Copier.Runner.Connection, line);

    public string Run(KeyspaceConnection connection, string line)
    {
        Task<string> reply = connection.Start(line);
        WaitFor(reply);
        return reply.GetAwaiter().GetResult();
    }

    /// <summary>Lets time go on until a command has ended.</summary>
    public void WaitFor(Task<string> reply)
    {
        for (long until = Now + 10_000; !HasEnded(reply);)
        {
            Assert.IsLessThan(until, Now, "the command ends");
            Step();
        }
    }

    /// <summary>How many messages of a kind a node has sent since the list was cleared.</summary>
    public int Count(Site from, MessageKind kind) =>
        Sent.Count(sent => sent.From == from.Number && sent.Message.Bytes[0] == (byte)kind);

    public async ValueTask DisposeAsync()
    {
        foreach (Site site in _all)
        {
            await site.DisposeAsync();
        }
    }

    /// <summary>Whether a command has ended; one that goes on by itself is waited for.</summary>
    private bool HasEnded(Task<string> reply)
    {
        while (!reply.IsCompleted && !Copier.Reads.Table.HasRequests && Copier.Reads.Holder.Waiting == 0)
        {
            if (Copier.Keyspace.Statistics.WaitingCalls > 0)
            {
                return false;
            }

            Thread.Yield();
        }

        return reply.IsCompleted;
    }

    private void Step()
    {
        foreach (Site site in _all)
        {
            site.Runner.Advance(StepMilliseconds);
            site.Keyspace.TickAsync().GetAwaiter().GetResult();
        }

        for (bool isQuiet = false; !isQuiet;)
        {
            isQuiet = true;
            foreach (Site site in _all)
            {
                site.Conversations.Tick(Now);
                isQuiet &= !Deliver(site);
            }
        }
    }

    private bool Deliver(Site site)
    {
        bool any = false;
        while (site.Conversations.Outbox.TryDequeue(out Outgoing message))
        {
            any = true;
            Sent.Add((site.Number, message));
            if (!Loses(site.Number, message) && !_apart.Contains((site.Number, message.Node)))
            {
                Deliver(site, _all[message.Node - 1], message);
            }
        }

        return any;
    }

    private void Deliver(Site from, Site to, Outgoing message)
    {
        byte[]? damaged = Damages?.Invoke(from.Number, message);
        if (to.Conversations.Receive(from.Number, damaged ?? message.Bytes, Now) is string mistake)
        {
            Assert.IsNotNull(damaged, mistake);
            Refused++;
            from.Conversations.Disconnect(to.Number);
            to.Conversations.Disconnect(from.Number);
            from.Conversations.Connect(to.Number, Now);
            to.Conversations.Connect(from.Number, Now);
        }
    }
}
