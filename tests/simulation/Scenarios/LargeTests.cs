using System.Globalization;

namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Collections much larger than what is held in memory, and much used ones.</summary>
[TestClass]
public sealed class LargeTests
{
    private const int Elements = 100_000;
    private const int AtOnce = 100;

    /// <summary>Longer than two checkpoints.</summary>
    private const long CheckpointedMilliseconds = 5000;

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void LargeSet_DeletedAndBegunAnew_LeavesItsRoomWithoutBeingRead(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery, Unscrubbed);
        Fill(cluster, "SADD s");
        cluster.Part();
        cluster.Wait(500);
        long before = cluster.A.Store.RowsRead;
        cluster.Run(cluster.A, "DEL s");
        cluster.Wait(CheckpointedMilliseconds);
        Assert.IsLessThan(Elements / 10, cluster.A.Store.RowsRead - before);
        Assert.IsLessThan(Elements / 10, cluster.A.Store.Count);
        cluster.Run(cluster.B, "SADD s new");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("SMEMBERS s", "new");
        cluster.Expect("SCARD s", "1");
        cluster.Wait(CheckpointedMilliseconds);
        Assert.IsLessThan(Elements / 10, cluster.Nodes.Max(node => node.Store.Count));
        cluster.Check();
    }

    /// <summary>A list that is pushed to and cut to a hundred, again and again, by two.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void CappedList_PushedToByTwo_DoesNotGrow(Delivery delivery)
    {
        const int Cap = 100;
        using var cluster = new ScenarioCluster(delivery, Unscrubbed);
        PushAndTrim(cluster, rounds: 150);
        cluster.Agree();
        cluster.Wait(CheckpointedMilliseconds);
        int rows = cluster.Nodes.Max(node => node.Store.Count);
        PushAndTrim(cluster, rounds: 150);
        cluster.Part();
        PushAndTrim(cluster, rounds: 150);
        cluster.Wait(CheckpointedMilliseconds);
        Assert.IsLessThan(rows + Cap, cluster.Nodes.Max(node => node.Store.Count));
        cluster.Meet();
        cluster.Agree();

        // What one has pushed since they parted, the other has not seen to cut.
        int length = int.Parse(ScenarioCluster.Answer(cluster.A, "LLEN l"), CultureInfo.InvariantCulture);
        Assert.IsLessThanOrEqualTo(2 * Cap, length);
        Assert.HasCount(length, ScenarioCluster.Answer(cluster.B, "LRANGE l 0 -1").Split(' '));
        cluster.Expect("LLEN l", "*");
        cluster.Run(cluster.A, "LPUSH l v", "LTRIM l 0 99");
        cluster.Agree();
        cluster.Expect("LLEN l", "100");
        cluster.Check();
    }

    /// <summary>A queue that is much longer than memory: how much is read for a pop does not depend on what was popped.
    /// </summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Queue_OfAHundredThousand_IsPoppedAtOnePrice(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery, Unscrubbed);
        Fill(cluster, "RPUSH l");
        SimulatedNode node = cluster.B;
        var read = new List<long>();
        for (int i = 0; i < Elements / 2; i += AtOnce)
        {
            long before = node.Store.RowsRead;
            string[] popped = ScenarioCluster.Answer(node, $"LPOP l {AtOnce}").Split(' ');
            Assert.AreEqual(Element(i), popped[0]);
            Assert.AreEqual(Element(i + AtOnce - 1), popped[^1]);
            read.Add(node.Store.RowsRead - before);
            if (i % 5000 == 0)
            {
                cluster.Wait(2500);
            }
        }

        Assert.IsLessThan(10 * AtOnce, read.Skip(read.Count / 2).Max(), "a late pop reads no more than it takes");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("LLEN l", (Elements / 2).ToString(CultureInfo.InvariantCulture));
        var random = new Random(1);
        for (int i = 0; i < 100; i++)
        {
            int index = random.Next(Elements / 2);
            cluster.Expect($"LINDEX l {index}", Element((Elements / 2) + index));
        }

        cluster.Check();
    }

    /// <summary>What is read is what the story reads.</summary>
    private static SimulationOptions Unscrubbed(SimulationOptions options) => options with { ScrubRecords = 0 };

    private static void PushAndTrim(ScenarioCluster cluster, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            cluster.Run(cluster.A, "LPUSH l v", "LTRIM l 0 99");
            cluster.Run(cluster.B, "LPUSH l w", "LTRIM l 0 99");
        }
    }

    /// <summary>Adds elements at A and waits until they are in the store of every node.</summary>
    private static void Fill(ScenarioCluster cluster, string command)
    {
        for (int i = 0; i < Elements; i += AtOnce)
        {
            cluster.Run(cluster.A, $"{command} {string.Join(' ', Enumerable.Range(i, AtOnce).Select(Element))}");
        }

        cluster.Agree();
        cluster.Wait(CheckpointedMilliseconds);
        Assert.IsGreaterThan(Elements, cluster.Nodes.Min(node => node.Store.Count));
    }

    private static string Element(int number) => string.Create(CultureInfo.InvariantCulture, $"e{number}");
}
