using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>A node answers from copies of keys it does not hold, and writes upon them, as if it held them.</summary>
[TestClass]
public sealed class KeyCopiesTests
{
    [TestMethod]
    public async Task Read_KeyThatIsNotHeld_IsBroughtInOnce()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(copier: sites.B, owner: sites.A);
        sites.A.Run("SET k v");
        Assert.AreEqual("$1\r\nv\r\n", leases.Run("GET k"));
        Assert.AreEqual("$1\r\nv\r\n", leases.Run("GET k"));
        Assert.AreEqual(1, leases.Asked);
        Assert.AreEqual(1, sites.B.Keyspace.Statistics.FetchingCalls);
    }

    [TestMethod]
    public async Task Read_KeyThatIsNowhere_IsLeasedToo()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        Assert.AreEqual("$-1\r\n", leases.Run("GET k"));
        Assert.AreEqual("$-1\r\n", leases.Run("GET k"));
        Assert.AreEqual(1, leases.Asked);
    }

    [TestMethod]
    public async Task Read_ManyKeys_AreAskedForTogether()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        sites.A.Run("MSET a 1 b 2");
        Assert.AreEqual("*3\r\n$1\r\n1\r\n$1\r\n2\r\n$-1\r\n", leases.Run("MGET a b c"));
        Assert.AreEqual(1, leases.Asked);
        CollectionAssert.AreEquivalent(new[] { "a", "b", "c" }, leases.LastAsked.ToArray());
    }

    [TestMethod]
    public async Task Write_UponACopy_CountsAndReplacesWhatTheOwnerHas()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        sites.A.Run("INCRBY n 3");
        sites.A.Run("INCRBY m 3");
        Assert.AreEqual(":4\r\n", leases.Run("INCR n"));
        Assert.AreEqual("+OK\r\n", leases.Run("SET m 10 PX 5000"));
        leases.Ship();
        Assert.AreEqual("$1\r\n4\r\n", sites.A.Run("GET n"));
        Assert.AreEqual("$2\r\n10\r\n", sites.A.Run("GET m"));
        Assert.AreEqual(":5000\r\n", sites.A.Run("PTTL m"));
    }

    [TestMethod]
    public async Task Removal_TheOwnerHasNotHeardOf_IsNotUndoneByWhatItSends()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        leases.Run("BAG.PUT bag own 1");
        leases.Ship();
        sites.A.Run("BAG.PUT bag other 1");
        leases.Forward();
        leases.Run("BAG.REMOVE bag own");
        leases.Run("BAG.REMOVE bag other");
        leases.Copy(Named("bag"));
        Assert.AreEqual("*0\r\n", leases.Run("BAG.NAMES bag"));
        leases.Ship();
        Assert.AreEqual("*0\r\n", sites.A.Run("BAG.NAMES bag"));
    }

    [TestMethod]
    public async Task Removal_AllOwnersKnow_LeavesNothingBehind()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("BAG.PUT bag y 1");
        leases.Run("BAG.REMOVE bag x");
        await sites.B.Keyspace.TickAsync();
        Assert.AreEqual(1, sites.B.Keyspace.Sweeper.Count);
        leases.Ship();
        await sites.B.Keyspace.TickAsync();
        Assert.AreEqual(0, sites.B.Keyspace.Sweeper.Count);
        Assert.AreEqual("*1\r\n$1\r\ny\r\n", leases.Run("BAG.NAMES bag"));
    }

    [TestMethod]
    public async Task Delete_UponACopy_TakesWhatOthersPutThere()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        for (int i = 0; i < 20; i++)
        {
            sites.A.Run($"BAG.PUT bag n{i} 1");
        }

        Assert.AreEqual(":1\r\n", leases.Run("DEL bag"));
        sites.A.Run("BAG.PUT bag unseen 1");
        leases.Ship();
        Assert.AreEqual("*1\r\n$6\r\nunseen\r\n", sites.A.Run("BAG.NAMES bag"));
    }

    [TestMethod]
    public async Task Forward_WhateverHappensAtTheOwner_TheCopyFollows()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        leases.Run("BAG.NAMES bag");
        leases.Run("GET s");
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("SET s 1");
        leases.Forward();
        Assert.AreEqual("*1\r\n$1\r\nx\r\n", leases.Run("BAG.NAMES bag"));
        sites.A.Run("DEL bag s");
        sites.A.Run("BAG.PUT bag y 1");
        leases.Forward();
        Assert.AreEqual("*1\r\n$1\r\ny\r\n", leases.Run("BAG.NAMES bag"));
        Assert.AreEqual("$-1\r\n", leases.Run("GET s"));
        Assert.AreEqual(2, leases.Asked);
    }

    [TestMethod]
    public async Task Forward_AKeySomebodyWaitsFor_WakesTheCall()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        leases.Run("BAG.NAMES bag");
        Task<string> taken = sites.B.Connect().Start("BAG.TAKE bag 0");
        Assert.IsTrue(Sites.Of(sites.B).Copies.IsAwaited(Named("bag").Partition, "bag"u8));
        sites.A.Run("BAG.PUT bag x 1");
        leases.Forward();
        Assert.AreEqual("$1\r\nx\r\n", await taken.WaitAsync(TimeSpan.FromSeconds(10)));
        leases.Ship();
        Assert.AreEqual("*0\r\n", sites.A.Run("BAG.NAMES bag"));
    }

    [TestMethod]
    public async Task Drop_WritesOwnersLack_AreKept()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        leases.Run("SET k 1");
        KeyName key = Named("k");
        IKeyCopies copies = Sites.Of(sites.B).Copies;
        Assert.IsFalse(copies.TryDrop(key.Partition, key.Name));
        leases.Ship();
        Assert.IsTrue(copies.TryDrop(key.Partition, key.Name));
        Assert.AreEqual(0, sites.B.Keyspace.KeyCount);
        Assert.AreEqual("$1\r\n1\r\n", sites.A.Run("GET k"));
        leases.Lapse();
        Assert.AreEqual("$1\r\n1\r\n", leases.Run("GET k"));
    }

    [TestMethod]
    public async Task Drop_CounterAndBagBroughtInAgain_GoOnWhereTheyWere()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        IKeyCopies copies = Sites.Of(sites.B).Copies;
        for (int i = 1; i <= 3; i++)
        {
            Assert.AreEqual($":{i}\r\n", leases.Run("INCR n"));
            Assert.AreEqual(":1\r\n", leases.Run($"BAG.PUT bag x{i} 1"));
            Assert.AreEqual($":{i}\r\n", leases.Run("BAG.COUNT bag"));
            leases.Ship();
            await sites.B.Keyspace.CheckpointAsync();
            foreach (KeyName key in (KeyName[])[Named("n"), Named("bag")])
            {
                Assert.AreEqual(1, copies.ListCopies(key.Partition).Count);
                Assert.IsTrue(copies.TryDrop(key.Partition, key.Name));
                Assert.IsTrue(copies.DroppedThrough(key.Partition) > default(Abstractions.Crdt.Stamp));
            }

            await sites.B.Keyspace.CheckpointAsync();
            Assert.AreEqual(0, copies.ListCopies(Named("n").Partition).Count);
            leases.Lapse();
        }

        Assert.AreEqual("$1\r\n3\r\n", sites.A.Run("GET n"));
        Assert.AreEqual(":3\r\n", sites.A.Run("BAG.COUNT bag"));
    }

    [TestMethod]
    public async Task Hash_OfACopy_IsTheOwners()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        KeyName key = Named("bag");
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("BAG.ADD bag n 5");
        leases.Run("BAG.NAMES bag");
        ulong hash = Sites.Of(sites.A).Copies.HashOf(key.Partition, key.Name);
        Assert.AreEqual(hash, Sites.Of(sites.B).Copies.HashOf(key.Partition, key.Name));
        sites.A.Run("BAG.ADD bag n 1");
        Assert.AreNotEqual(hash, Sites.Of(sites.A).Copies.HashOf(key.Partition, key.Name));
    }

    [TestMethod]
    public async Task Transaction_KeysOfManyPartitions_AreBroughtInFirst()
    {
        await using var sites = new Sites(2);
        var leases = new FakeLeases(sites.B, sites.A);
        sites.A.Run("MSET a 1 b 2");
        var transaction = new Transaction();
        WaitOrderTests.Add(transaction, sites.B, "INCR a");
        WaitOrderTests.Add(transaction, sites.B, "INCR b");
        WaitOrderTests.Add(transaction, sites.B, "GET c");
        var ticket = new CallTicket();
        var writer = new RespWriter();
        Keyspace keyspace = sites.B.Keyspace;
        Assert.AreEqual(ExecuteOutcome.Parked, keyspace.Execute(transaction, sites.B.Connection, writer, ticket));
        leases.Serve();
        await ticket.WhenReady();
        Assert.AreEqual(ExecuteOutcome.Done, keyspace.Execute(transaction, sites.B.Connection, writer, ticket));
        Assert.AreEqual("*3\r\n:2\r\n:3\r\n$-1\r\n", Encoding.Latin1.GetString(writer.Written));
        Assert.AreEqual(1, leases.Asked);
        CollectionAssert.AreEquivalent(new[] { "a", "b", "c" }, leases.LastAsked.ToArray());
        leases.Ship();
        Assert.AreEqual("*2\r\n$1\r\n2\r\n$1\r\n3\r\n", sites.A.Run("MGET a b"));
    }

    private static KeyName Named(string name)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(name);
        return new KeyName(KeyAddress.PartitionOf(bytes), bytes);
    }
}
