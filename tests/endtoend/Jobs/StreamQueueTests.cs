using System.Collections.Concurrent;
using Marekvs.Testing;
using Marekvs.Testing.Processes;
using StackExchange.Redis;

namespace Marekvs.EndToEnd.Jobs;

/// <summary>A queue of jobs on a stream: workers of one group, of which one dies with jobs in hand.</summary>
[TestClass]
public sealed class StreamQueueTests
{
    private const int Jobs = 300;
    private const int Batch = 7;

    [TestMethod]
    [Timeout(90_000)]
    public async Task Workers_OneDies_EveryJobIsDone()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync($"{node.Resp}");
        IDatabase db = connection.GetDatabase();
        await db.StreamCreateConsumerGroupAsync("jobs", "workers", StreamPosition.Beginning);
        for (int i = 0; i < Jobs; i++)
        {
            await db.StreamAddAsync("jobs", "job", i);
        }

        StreamEntry[] lost = await db.StreamReadGroupAsync("jobs", "workers", "dead", StreamPosition.NewMessages, 50);
        Assert.HasCount(50, lost);
        var done = new ConcurrentDictionary<int, int>();
        await Task.WhenAll(WorkAsync(db, "alice", done), WorkAsync(db, "bob", done));

        Assert.HasCount(Jobs, done);
        StreamPendingInfo pending = await db.StreamPendingAsync("jobs", "workers");
        Assert.AreEqual(0, pending.PendingMessageCount);
        StreamGroupInfo group = (await db.StreamGroupInfoAsync("jobs"))[0];
        Assert.AreEqual(0, group.Lag);
    }

    /// <summary>Does jobs until there are neither new ones nor any that others have left.</summary>
    private static async Task WorkAsync(IDatabase db, string name, ConcurrentDictionary<int, int> done)
    {
        while (true)
        {
            StreamEntry[] entries =
                await db.StreamReadGroupAsync("jobs", "workers", name, StreamPosition.NewMessages, Batch);
            if (entries.Length == 0)
            {
                entries = (await db.StreamAutoClaimAsync("jobs", "workers", name, 0, "0-0", Batch)).ClaimedEntries;
            }

            if (entries.Length == 0)
            {
                return;
            }

            foreach (StreamEntry entry in entries)
            {
                done.AddOrUpdate((int)entry["job"], 1, static (_, times) => times + 1);
                await db.StreamAcknowledgeAsync("jobs", "workers", entry.Id);
            }
        }
    }
}
