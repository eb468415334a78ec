using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Reads;

/// <summary>A node that holds nothing serves every key: what it asks for, and what it is told.</summary>
[TestClass]
public sealed class ReadThroughTests
{
    [TestMethod]
    public async Task Read_OfAKeyElsewhere_AsksOnce()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SADD s a b");
        Assert.AreEqual(":2\r\n", sites.Run("SCARD s"));
        Assert.AreEqual(":1\r\n", sites.Run("SISMEMBER s a"));
        Assert.AreEqual(1, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Read_OfAKeyThatIsNowhere_AsksOnce_AndHearsWhenItIsMade()
    {
        await using var sites = new Sites();
        Assert.AreEqual("$-1\r\n", sites.Run("GET k"));
        Assert.AreEqual("$-1\r\n", sites.Run("GET k"));
        sites.Second.Runner.Run("SET k v");
        sites.Advance(20);
        Assert.AreEqual("$1\r\nv\r\n", sites.Run("GET k"));
        Assert.AreEqual(1, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Read_OfManyKeys_WaitsForAll()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("MSET a 1 b 2 c 3");
        Assert.AreEqual("*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n", sites.Run("MGET a b c"));
        Assert.AreEqual(3, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Read_OfALargeKey_ComesInPieces()
    {
        await using var sites = new Sites(new ReadOptions { ChunkBytes = 1000, WindowBytes = 3000 });
        for (int i = 0; i < 500; i++)
        {
            sites.First.Runner.Run($"HSET h field{i} value{i}");
        }

        Assert.AreEqual(":500\r\n", sites.Run("HLEN h"));
        Assert.IsGreaterThan(10, sites.Count(sites.First, MessageKind.Fetched));
    }

    [TestMethod]
    public async Task Change_OfALeasedKey_IsTold_RemovalsToo()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SADD s a b");
        sites.Run("SCARD s");
        sites.First.Runner.Run("SREM s a");
        sites.Second.Runner.Run("SADD s c");
        sites.Advance(50);
        Assert.AreEqual("*2\r\n$1\r\nb\r\n$1\r\nc\r\n", sites.Run("SORT s ALPHA"));
        sites.First.Runner.Run("DEL s");
        sites.Advance(50);
        Assert.AreEqual(":0\r\n", sites.Run("SCARD s"));
        Assert.AreEqual(1, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Write_OnACopy_GoesToTheOwners_AndIsNotToldBack()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SADD s a b");
        Assert.AreEqual(":1\r\n", sites.Run("SREM s a"));
        Assert.AreEqual(":1\r\n", sites.Run("SADD s c"));
        sites.Advance(100);
        Assert.AreEqual("*2\r\n$1\r\nb\r\n$1\r\nc\r\n", sites.First.Runner.Run("SORT s ALPHA"));
        Assert.AreEqual("*2\r\n$1\r\nb\r\n$1\r\nc\r\n", sites.Second.Runner.Run("SORT s ALPHA"));
        Assert.AreEqual(0, sites.Copier.Reads.Holder.Told);
    }

    [TestMethod]
    public async Task Set_ReplacesWhatWasCountedElsewhere()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("INCRBY n 5");
        sites.Second.Runner.Run("INCRBY n 7");
        sites.Advance(50);
        Assert.AreEqual("+OK\r\n", sites.Run("SET n 1"));
        sites.Advance(50);
        Assert.AreEqual("$1\r\n1\r\n", sites.First.Runner.Run("GET n"));
        Assert.AreEqual(":2\r\n", sites.Second.Runner.Run("INCR n"));
    }

    [TestMethod]
    public async Task Lease_OfAKeyInUse_IsRenewedByItsHash()
    {
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 2000, RenewBeforeMilliseconds = 500 });
        sites.First.Runner.Run("SET k v");
        sites.Run("GET k");
        for (int i = 0; i < 50; i++)
        {
            sites.Advance(100);
            Assert.AreEqual("$1\r\nv\r\n", sites.Copier.Runner.Run("GET k"), "without asking first");
        }

        Assert.AreEqual(1, sites.Count(sites.First, MessageKind.Fetched));
        Assert.IsGreaterThan(1, sites.Count(sites.First, MessageKind.Fresh));
    }

    [TestMethod]
    public async Task Copy_ThatNobodyUses_IsDropped()
    {
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 2000, RenewBeforeMilliseconds = 500, DropAfterMilliseconds = 3000 });
        sites.First.Runner.Run("SET k v");
        sites.Run("GET k");
        Assert.AreEqual(1, sites.Copier.Reads.Table.Count);
        sites.Advance(6000);
        Assert.AreEqual(0, sites.Copier.Reads.Table.Count);
        Assert.AreEqual(0, sites.Copier.Copies);
        Assert.AreEqual(0, sites.First.Reads.Giver.Leases);
        Assert.AreEqual("$1\r\nv\r\n", sites.First.Runner.Run("GET k"), "a copy is let go of, not deleted");
        Assert.AreEqual("$1\r\nv\r\n", sites.Run("GET k"));
    }

    [TestMethod]
    public async Task Counter_WhoseCopyWasDropped_GoesOn()
    {
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 2000, RenewBeforeMilliseconds = 500, DropAfterMilliseconds = 1000 });
        sites.First.Runner.Run("INCRBY n 10");
        Assert.AreEqual(":15\r\n", sites.Run("INCRBY n 5"));
        sites.Advance(5000);
        Assert.AreEqual(0, sites.Copier.Copies);
        Assert.AreEqual(":16\r\n", sites.Run("INCR n"));
        sites.Advance(50);
        Assert.AreEqual("$2\r\n16\r\n", sites.Second.Runner.Run("GET n"));
    }

    [TestMethod]
    public async Task Copy_WithWritesAnOwnerLacks_IsKept()
    {
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 2000, RenewBeforeMilliseconds = 500, DropAfterMilliseconds = 1000 });
        sites.Part(sites.Second, sites.First);
        sites.Part(sites.Second, sites.Copier);
        sites.Run("SET k v");
        sites.Advance(6000);
        Assert.AreEqual(1, sites.Copier.Copies);
    }

    [TestMethod]
    public async Task Owner_ThatDoesNotAnswer_IsNotWaitedFor()
    {
        await using var sites = new Sites();
        sites.Second.Runner.Run("SET k v");
        sites.Advance(50);
        sites.Loses = (from, message) => from == 1 && message.Bytes[0] == (byte)MessageKind.Fetched;
        long began = sites.Now;
        Assert.AreEqual("$1\r\nv\r\n", sites.Run("GET k"));
        Assert.AreEqual(2, sites.Copier.Reads.Holder.Asked);
        Assert.IsLessThan(400, sites.Now - began);
    }

    [TestMethod]
    public async Task Message_ThatWasLost_EndsTheLeasesOfItsSender()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SET k 1");
        sites.Run("GET k");
        sites.Loses = (from, message) => from == 1 && message.Node == 3 && message.Bytes[0] == (byte)MessageKind.Changed;
        sites.First.Runner.Run("SET k 2");
        sites.Advance(50);
        sites.Loses = static (_, _) => false;
        sites.Advance(300);
        Assert.AreEqual("$1\r\n2\r\n", sites.Run("GET k"));
        Assert.AreEqual(2, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Owner_ThatIsSilent_IsNotTrusted()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SET k 1");
        sites.Run("GET k");
        sites.Loses = (from, message) => from == 1 && message.Node == 3;
        sites.Second.Runner.Run("SET k 2");
        sites.Advance(3500);
        Assert.AreEqual("$1\r\n2\r\n", sites.Run("GET k"));
    }

    [TestMethod]
    public async Task Owner_ThatGivesThePartitionUp_EndsItsLeases()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("SET k 1");
        sites.Run("GET k");
        sites.Follow(2);
        sites.Advance(3000);
        Assert.AreEqual(0, sites.First.Holdings.Held.Count);
        Assert.AreEqual(0, sites.First.Reads.Giver.Leases);
        sites.Second.Runner.Run("SET k 2");
        sites.Advance(50);
        Assert.AreEqual("$1\r\n2\r\n", sites.Run("GET k"));
        Assert.AreEqual("$1\r\n2\r\n", sites.Run(sites.Copier.Runner.Connect(), "GET k"));
    }

    [TestMethod]
    public async Task Nobody_CanBeReached_TheCopyAnswers_UnderANewOrigin()
    {
        await using var sites = new Sites(new ReadOptions { DropAfterMilliseconds = 500, LeaseMilliseconds = 1000, RenewBeforeMilliseconds = 100 });
        sites.Run("INCRBY n 5");
        sites.Advance(3000);
        Assert.AreEqual(0, sites.Copier.Copies);
        sites.Part(sites.Copier, sites.First);
        sites.Part(sites.Copier, sites.Second);
        ushort incarnation = sites.Copier.Keyspace.Origin.Incarnation;
        Assert.AreEqual(":2\r\n", sites.Run("INCRBY n 2"), "what is here is all there is");
        Assert.AreEqual(incarnation + 1, sites.Copier.Keyspace.Origin.Incarnation, "it must not write on what it dropped");
        Assert.IsGreaterThan(0, sites.Copier.Reads.Holder.AnsweredAlone);
        sites.Advance(5000);
        long began = sites.Now;
        Assert.AreEqual("$1\r\n2\r\n", sites.Run("GET n"));
        Assert.IsLessThan(100, sites.Now - began, "who is long gone is not waited for");
    }

    [TestMethod]
    public async Task ManyCopiesOfAPartition_LeaseAllOfIt()
    {
        await using var sites = new Sites(new ReadOptions { WholePartitionFrom = 3, LeaseMilliseconds = 2000, RenewBeforeMilliseconds = 500 });
        sites.First.Runner.Run("MSET {t}a 1 {t}b 2 {t}c 3");
        sites.Run("MGET {t}a {t}b {t}c");
        for (int i = 0; i < 50; i++)
        {
            sites.Advance(100);
            sites.Copier.Runner.Run("MGET {t}a {t}b {t}c");
        }

        Assert.AreEqual(3, sites.Count(sites.First, MessageKind.Fetched), "no key was renewed by itself");
        Assert.IsLessThan(9, sites.Count(sites.First, MessageKind.Fresh), "the partition was, once a second");
        sites.Second.Runner.Run("SET {t}b 4");
        sites.Advance(50);
        Assert.AreEqual("$1\r\n4\r\n", sites.Run("GET {t}b"));
    }

    [TestMethod]
    public async Task MoreLeasesThanAnOwnerGives_TheOldestEnd()
    {
        await using var sites = new Sites(new ReadOptions { LeasesMax = 2 });
        foreach (string key in (string[])["a", "b", "c"])
        {
            sites.Run($"GET {key}");
            sites.Advance(20);
        }

        Assert.AreEqual(2, sites.First.Reads.Giver.Leases);
        sites.First.Runner.Run("SET a 1");
        sites.Advance(20);
        Assert.AreEqual("$1\r\n1\r\n", sites.Run("GET a"));
        Assert.AreEqual(4, sites.Copier.Reads.Holder.Asked);
    }

    [TestMethod]
    public async Task Holder_ThatCannotKeepUp_BeginsAnew()
    {
        await using var sites = new Sites(new ReadOptions { ChangesMax = 10, WindowBytes = 1 });
        sites.Run("SCARD s");
        sites.Loses = (from, message) => from == 3 && message.Bytes[0] == (byte)MessageKind.Taken;
        for (int i = 0; i < 50; i++)
        {
            sites.First.Runner.Run($"SADD s {i}");
        }

        sites.Advance(50);
        sites.Loses = static (_, _) => false;
        sites.Advance(500);
        Assert.AreEqual(":50\r\n", sites.Run("SCARD s"));
    }

    [TestMethod]
    public async Task BlockedCall_WakesWhenTheKeyChangesElsewhere_HoweverLate()
    {
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 1000, RenewBeforeMilliseconds = 200 });
        Task<string> read = sites.Copier.Runner.Connect().Start("XREAD BLOCK 0 STREAMS x 0");
        Task<string> pop = sites.Copier.Runner.Connect().Start("BLPOP l 0");
        sites.Advance(5000);
        Assert.IsFalse(read.IsCompleted || pop.IsCompleted);
        sites.Second.Runner.Run("XADD x 1-1 f v");
        sites.First.Runner.Run("RPUSH l e");
        sites.Advance(100);
        Assert.Contains("1-1", read.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult());
        Assert.AreEqual("*2\r\n$1\r\nl\r\n$1\r\ne\r\n", pop.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult());
        sites.Advance(100);
        Assert.AreEqual(":0\r\n", sites.Second.Runner.Run("LLEN l"));
    }

    [TestMethod]
    public async Task FlushAll_AnywhereEmptiesCopies_AndOwners()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("MSET a 1 b 2");
        sites.Run("MGET a b");
        sites.Second.Runner.Run("FLUSHALL");
        sites.Advance(100);
        Assert.AreEqual("*2\r\n$-1\r\n$-1\r\n", sites.Run("MGET a b"));
        sites.First.Runner.Run("MSET a 1 b 2");
        sites.Advance(100);
        Assert.AreEqual("*2\r\n$1\r\n1\r\n$1\r\n2\r\n", sites.Run("MGET a b"));
        sites.Run("FLUSHALL");
        sites.Advance(100);
        Assert.AreEqual("*2\r\n$-1\r\n$-1\r\n", sites.Run("MGET a b"));
        Assert.AreEqual("*2\r\n$-1\r\n$-1\r\n", sites.First.Runner.Run("MGET a b"));
        Assert.AreEqual("*2\r\n$-1\r\n$-1\r\n", sites.Second.Runner.Run("MGET a b"));
    }

    [TestMethod]
    public async Task Keys_OfCopies_AreNotCountedNorWalked()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("MSET a 1 b 2");
        sites.Run("MGET a b");
        Assert.AreEqual(2, sites.Copier.Copies);
        Assert.AreEqual(":0\r\n", sites.Copier.Runner.Run("DBSIZE"));
        Assert.AreEqual("*0\r\n", sites.Copier.Runner.Run("KEYS *"));
        Assert.AreEqual("*2\r\n$1\r\n0\r\n*0\r\n", sites.Copier.Runner.Run("SCAN 0 COUNT 1000"));
        Assert.AreEqual("$-1\r\n", sites.Copier.Runner.Run("RANDOMKEY"));
        await sites.Copier.Keyspace.ReloadAsync();
        Assert.AreEqual("$-1\r\n", sites.Copier.Runner.Run("RANDOMKEY"));
        Assert.AreEqual("*0\r\n", sites.Copier.Runner.Run("KEYS *"));
        Assert.AreEqual(":2\r\n", sites.First.Runner.Run("DBSIZE"));
    }
}
