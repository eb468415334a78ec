namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Nodes that are away while others write, forget markers, or wait for deadlines.</summary>
[TestClass]
public sealed class AbsenceTests
{
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Removed_WhileANodeWasDown_StaysAway(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "SADD s m", "HSET h f v", "RPUSH l e", "ZADD z 1 m");
        cluster.Agree();
        cluster.C.Stop();
        cluster.Run(cluster.A, "SREM s m", "HDEL h f", "DEL l", "ZREM z m");
        cluster.Wait(5000);
        cluster.Meet();
        cluster.Start(cluster.C);
        cluster.Agree();
        cluster.Expect("EXISTS s h l z", "0");
        cluster.Check();
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void WrittenByTheAbsent_BeforeItWent_ComesWithIt(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "SADD s m");
        cluster.Agree();
        cluster.Cut(cluster.C);
        cluster.Run(cluster.C, "SADD s n");
        cluster.C.Crash(losesTail: false);
        cluster.Run(cluster.A, "SREM s m");
        cluster.Wait(5000);
        cluster.Start(cluster.C);
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("SMEMBERS s", "n");
        cluster.Check();
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Removed_BySomebodyWhoSawOneOfTwoWrites_TheOtherStays(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Part();
        cluster.Run(cluster.A, "HSET h f 1");
        cluster.Run(cluster.B, "HSET h f 2");
        cluster.Run(cluster.C, "HSET h f 3", "HDEL h f");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("HGET h f", "2");
        cluster.Check();
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Counter_WhoseTailWasLostAfterOthersHadIt_LosesNoIncrement(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.A.Sync();
        cluster.Run(cluster.A, "5*INCR k");
        cluster.Agree();
        cluster.A.Crash(losesTail: true);
        cluster.Wait(500);
        cluster.Start(cluster.A);
        cluster.Run(cluster.A, "INCR k");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("GET k", "6");
        cluster.Check();
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Expired_HereAndMadeToStayThere_Stays(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "SADD k x", "PEXPIRE k 3000", "SET v 1 PX 3000");
        cluster.Agree();
        cluster.Run(cluster.A, "PEXPIRE k 3000", "SET v 1 PX 3000");
        cluster.Wait(300);
        cluster.Part();
        cluster.Run(cluster.B, "SET v 2");
        cluster.Wait(3500);
        cluster.Run(cluster.A, "SADD k y");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("SMEMBERS k", "y");
        cluster.Expect("GET v", "2");
        cluster.Expect("TTL v", "-1");
        cluster.Check();
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Acknowledged_AndTheReaderIsLostBeforeAllHeardOfIt_IsNotDeliveredAgain(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "XADD s 1-1 f a", "XGROUP CREATE s g 0");
        cluster.Agree();
        cluster.Cut(cluster.C);
        cluster.Run(cluster.A, "XREADGROUP GROUP g c1 STREAMS s >");
        cluster.Wait(300);
        cluster.A.Crash(losesTail: true);
        cluster.A.Wipe();
        cluster.Run(cluster.B, "XACK s g 1-1");
        cluster.Meet();
        cluster.Agree();
        Assert.AreEqual("", ScenarioCluster.Answer(cluster.C, "XREADGROUP GROUP g c2 STREAMS s >"));
        cluster.Start(cluster.A);
        cluster.Agree();
        cluster.Expect("XPENDING s g - + 10", "");
        cluster.Check();
    }
}
