using Marekvs.Abstractions.Records;
using Marekvs.Modules.Keys;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Elements with a deadline of their own, and what comes after something has expired.</summary>
[TestClass]
public sealed class ElementDeadlineTests
{
    [TestMethod]
    public async Task Elements_PastTheirDeadline_AreNotCounted()
    {
        await using var runner = new KeyspaceRunner(new BagModule());
        runner.Run("BAG.PUT b first v 100");
        runner.Run("BAG.PUT b second v 200");
        runner.Run("BAG.PUT b third v");
        runner.Advance(100);
        Assert.AreEqual(":2\r\n", runner.Run("BAG.COUNT b"));
        Assert.AreEqual("$-1\r\n", runner.Run("BAG.GET b first"));
        runner.Advance(100);
        Assert.AreEqual("*1\r\n$5\r\nthird\r\n", runner.Run("BAG.NAMES b"));
    }

    [TestMethod]
    public async Task Tick_LastElementPastItsDeadline_TakesTheKeyAndTellsSo()
    {
        await using var runner = new KeyspaceRunner(new BagModule(), new KeysModule());
        runner.Keyspace.EnabledEvents = KeyspaceEvents.All;
        runner.Run("BAG.PUT b name v 100");
        runner.Run("EXPIRE b 1000");
        runner.TakeEvents();
        runner.Advance(100);
        await runner.Keyspace.TickAsync();
        CollectionAssert.AreEqual(new[] { "h bagexpired b", "g del b" }, runner.TakeEvents().ToArray());
        Assert.AreEqual(0, runner.Keyspace.KeyCount);
        runner.Run("BAG.PUT b name v");
        Assert.AreEqual(":-1\r\n", runner.Run("TTL b"));
    }

    [TestMethod]
    public async Task Put_OverAnElementWithADeadline_HasNone()
    {
        await using var runner = new KeyspaceRunner(new BagModule());
        runner.Run("BAG.PUT b name v 100");
        runner.Run("BAG.PUT b name w");
        runner.Advance(100);
        Assert.AreEqual("$1\r\nw\r\n", runner.Run("BAG.GET b name"));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Crash_WriteAfterExpiry_DoesNotGetTheOldDeadline(bool isReaped)
    {
        await using var runner = new KeyspaceRunner(new BagModule(), new KeysModule());
        runner.Run("BAG.PUT b old v");
        runner.Run("PEXPIRE b 100");
        runner.Run("BAG.PUT c old v 100");
        runner.Run("PEXPIRE c 150");
        runner.Advance(100);
        if (isReaped)
        {
            await runner.Keyspace.TickAsync();
        }

        runner.Run("BAG.PUT b new v");
        runner.Run("BAG.PUT c new v");
        await runner.CrashAsync();
        runner.Advance(100);
        foreach (string key in (string[])["b", "c"])
        {
            Assert.AreEqual("*1\r\n$3\r\nnew\r\n", runner.Run($"BAG.NAMES {key}"), key);
            Assert.AreEqual(":-1\r\n", runner.Run($"TTL {key}"), key);
        }
    }

    [TestMethod]
    public async Task Tick_PagedBag_BringsInWhatIsDue()
    {
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, 16 * 1024, ResidentElementsMax: 10), new SortedStore(), new BagModule());
        for (int i = 0; i < 300; i++)
        {
            await runner.Connection.Start($"BAG.PUT b n{i:D3} {new string('v', 50)} {(i % 2 == 0 ? 100 : 5000)}");
            if (i % 50 == 0)
            {
                await runner.Keyspace.CheckpointAsync();
            }
        }

        await runner.ReopenAsync();
        runner.Advance(100);
        await runner.Keyspace.TickAsync();
        Assert.AreEqual(":150\r\n", runner.Run("BAG.COUNT b"));
        runner.Advance(5000);
        await runner.Keyspace.TickAsync();
        Assert.AreEqual(0, runner.Keyspace.KeyCount);
    }
}
