using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Jobs;

/// <summary>
/// Queues that workers on three nodes share, of which one is killed in the middle and comes back: every job is done at
/// least once, and in the end nothing is left over anywhere.
/// </summary>
[TestClass]
public sealed class ClusterQueueTests : IDisposable
{
    private const int Nodes = 3;
    private const int Jobs = 300;
    private const string Group = "workers";

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly ManualResetEventSlim _stop = new();

    /// <summary>Taken jobs lie in a list of their worker until they are done.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task List_EveryJobIsDone()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes);
        Produce(cluster, (client, job) => client.Call("RPUSH", "jobs", job));
        await RunAsync(cluster, TakeFromList, node => Enumerable.Range(0, Nodes).Select(Taken).Append("jobs")
            .All(list => Ask(node, "LLEN", list) is { IsError: false, Integer: 0 }));
    }

    /// <summary>Taken jobs are pending in their group until they are acknowledged.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Stream_EveryJobIsDone()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes);
        Ask(cluster.Nodes[0], "XGROUP", "CREATE", "jobs", Group, "0", "MKSTREAM");
        await cluster.WaitAsync("the group everywhere", node => Ask(node, "EXISTS", "jobs").Integer == 1);
        Produce(cluster, (client, job) => client.Call("XADD", "jobs", "*", "job", job));
        await RunAsync(cluster, TakeFromStream, node =>
            Ask(node, "XPENDING", "jobs", Group) is { IsError: false } pending && pending.Items[0].Integer == 0);
    }

    public void Dispose() => _stop.Dispose();

    private static string Taken(int worker) => string.Create(CultureInfo.InvariantCulture, $"taken:{worker}");

    private static RespReply Ask(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        return client.Call(command);
    }

    private static void Produce(ProcessCluster cluster, Func<RespClient, string, RespReply> add)
    {
        for (int i = 0; i < Nodes; i++)
        {
            using RespClient client = cluster.Nodes[i].Connect();
            for (int j = i; j < Jobs; j += Nodes)
            {
                Assert.IsFalse(add(client, string.Create(CultureInfo.InvariantCulture, $"job:{j}")).IsError);
            }
        }
    }

    private async Task RunAsync(ProcessCluster cluster, Func<RespClient, int, bool> take, Func<NodeProcess, bool> isDone)
    {
        Task[] workers = [.. Enumerable.Range(0, Nodes).Select(worker => Task.Factory.StartNew(
            () => WorkAsLongAsThereIs(cluster.Nodes[worker], worker, take),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await cluster.WaitAsync("a third of the jobs", _ => _done.Count >= Jobs / 3);
        cluster.Nodes[2].Kill();
        await cluster.WaitAsync("more jobs", _ => _done.Count >= Jobs / 2);
        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitAsync("all jobs", _ => _done.Count == Jobs);
        await cluster.WaitAsync("nothing is left", isDone);
        _stop.Set();
        await Task.WhenAll(workers);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Jobs} jobs, done {_done.Values.Sum()} times"));
    }

    private void WorkAsLongAsThereIs(NodeProcess node, int worker, Func<RespClient, int, bool> take)
    {
        while (!_stop.IsSet)
        {
            try
            {
                using RespClient client = node.Connect();
                while (!_stop.IsSet)
                {
                    _stop.Wait(take(client, worker) ? Work : Idle);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Its node is gone, and may come back.
                _stop.Wait(Idle);
            }
        }
    }

    private void Do(string job) => _done.AddOrUpdate(job, 1, static (_, times) => times + 1);

    /// <returns>Whether there was something to do.</returns>
    private bool TakeFromList(RespClient client, int worker)
    {
        RespReply job = client.Call("LMOVE", "jobs", Taken(worker), "LEFT", "RIGHT");
        if (job.IsError)
        {
            return false;
        }

        if (!job.IsNull)
        {
            Do(job.Text);
            client.Call("LREM", Taken(worker), "1", job.Text);
            return true;
        }

        // What others, or this worker before its node died, left behind. Who works on it still does it twice.
        bool any = false;
        for (int other = 0; other < Nodes; other++)
        {
            RespReply left = client.Call("LMOVE", Taken(other), "jobs", "LEFT", "RIGHT");
            any |= !left.IsError && !left.IsNull;
        }

        return any;
    }

    /// <returns>Whether there was something to do.</returns>
    private bool TakeFromStream(RespClient client, int worker)
    {
        string consumer = Taken(worker);
        RespReply read = client.Call("XREADGROUP", "GROUP", Group, consumer, "COUNT", "5", "STREAMS", "jobs", ">");
        IReadOnlyList<RespReply> entries = read.IsError ? [] : read.IsNull
            ? client.Call("XAUTOCLAIM", "jobs", Group, consumer, "500", "0", "COUNT", "5") is { IsError: false } claimed
                ? claimed.Items[1].Items : []
            : read.Items[0].Items[1].Items;
        foreach (RespReply entry in entries)
        {
            Do(entry.Items[1].Items[1].Text);
            client.Call("XACK", "jobs", Group, entry.Items[0].Text);
        }

        return entries.Count > 0;
    }
}
