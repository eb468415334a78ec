using System.Globalization;

namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Clocks that do not agree.</summary>
[TestClass]
public sealed class ClockTests
{
    private const int Entries = 10_000;

    /// <summary>Who was first is who says so, by clocks: all nodes believe the same one.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Lock_TakenOnBothSides_IsThatOfTheEarlierStamp(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.A.Time.Advance(TimeSpan.FromSeconds(3));
        cluster.Part();
        cluster.Run(cluster.A, "SET lock a NX PX 30000", "SET other a NX PX 30000");
        cluster.Run(cluster.B, "SET lock b NX", "SET other b NX PX 30000");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("GET lock", "b");
        cluster.Expect("TTL lock", "-1");
        cluster.Expect("GET other", "b");
        Assert.AreEqual("", ScenarioCluster.Answer(cluster.A, "SET lock c NX"));
        cluster.Check();
    }

    /// <summary>All add in one moment, of which one clock says that it is three seconds ago.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Ids_GivenByAllInOneMillisecond_AreDifferentAndGrow(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.A.Time.Advance(TimeSpan.FromSeconds(3));
        cluster.B.Time.Advance(TimeSpan.FromSeconds(3));
        cluster.Part();
        var all = new HashSet<(ulong, ulong)>();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            (ulong, ulong) last = default;
            for (int i = 0; i < Entries; i++)
            {
                (ulong, ulong) id = Parse(ScenarioCluster.Answer(node, "XADD s * f v"));
                Assert.IsGreaterThan(0, id.CompareTo(last));
                Assert.IsTrue(all.Add(id), $"{id} was given twice");
                last = id;
            }
        }

        cluster.Meet();
        cluster.Agree();
        cluster.Expect("XLEN s", (cluster.Nodes.Count * Entries).ToString(CultureInfo.InvariantCulture));
        Assert.IsGreaterThan(0, Parse(ScenarioCluster.Answer(cluster.C, "XADD s * f v")).CompareTo(all.Max()));
        cluster.Agree();
        cluster.Check();
    }

    private static (ulong, ulong) Parse(string id)
    {
        string[] parts = id.Split('-');
        return (ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
