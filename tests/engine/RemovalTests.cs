using Marekvs.Abstractions.Storage;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>An element that the store has and that comes and goes between two checkpoints is gone afterwards.</summary>
[TestClass]
public sealed class RemovalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestMethod]
    public async Task Remove_AfterRemoveAndPut_StaysRemoved()
    {
        await using var runner = new KeyspaceRunner(new BagModule());
        runner.Run("BAG.PUT k a 1");
        runner.Run("BAG.PUT k b 1");
        await runner.Keyspace.CheckpointAsync();
        runner.Run("BAG.REMOVE k a");
        runner.Run("BAG.PUT k a 2");
        runner.Run("BAG.REMOVE k a");
        await runner.ReopenAsync();
        Assert.AreEqual("*1\r\n$1\r\nb\r\n", runner.Run("BAG.NAMES k"));
    }

    [TestMethod]
    public async Task Remove_ManyAtTheEnds_LeavesWhatLiesBetween()
    {
        await using var runner = new KeyspaceRunner(new BagModule(isIndexed: true));
        for (int i = 0; i < 3000; i++)
        {
            runner.Run($"BAG.PUT k n{i:D4} {i:D4}");
        }

        await runner.Keyspace.CheckpointAsync();
        foreach (int i in Enumerable.Range(0, 1000).Concat(Enumerable.Range(2000, 1000)).Append(1500))
        {
            runner.Run($"BAG.REMOVE k n{i:D4}");
        }

        runner.Run("BAG.PUT k n0010 again");
        runner.Run("BAG.PUT k n2990 again");
        await runner.Keyspace.CheckpointAsync();
        string names = runner.Run("BAG.NAMES k");
        string byValue = runner.Run("BAG.BYVALUE k 0 5000");
        StringAssert.StartsWith(names, "*1001\r\n");
        await runner.ReopenAsync();
        Assert.AreEqual(names, runner.Run("BAG.NAMES k"));
        Assert.AreEqual(byValue, runner.Run("BAG.BYVALUE k 0 5000"));
    }

    [TestMethod]
    public async Task Remove_AllOfAKind_LeavesOtherKeys()
    {
        await using var runner = new KeyspaceRunner(new BagModule(isIndexed: true));
        for (int i = 0; i < 1000; i++)
        {
            runner.Run($"BAG.PUT k n{i} v");
            runner.Run($"BAG.PUT k2 n{i} v");
        }

        await runner.Keyspace.CheckpointAsync();
        for (int i = 0; i < 1000; i++)
        {
            runner.Run($"BAG.REMOVE k n{i}");
        }

        await runner.ReopenAsync();
        Assert.AreEqual(":0\r\n", runner.Run("BAG.COUNT k"));
        Assert.AreEqual(":1000\r\n", runner.Run("BAG.COUNT k2"));
        StringAssert.StartsWith(runner.Run("BAG.NAMES k2"), "*1000\r\n");
    }

    [TestMethod]
    public async Task Remove_WhatCameBackWhileACheckpointFailed_StaysRemoved()
    {
        await using var runner = new KeyspaceRunner(new BagModule());
        var store = (SortedStore)runner.Store;
        runner.Run("BAG.PUT k a 1");
        runner.Run("BAG.PUT k b 1");
        await runner.Keyspace.CheckpointAsync();
        runner.Run("BAG.REMOVE k a");
        store.HoldsCommits = store.FailsCommits = true;
        Task failing = runner.Keyspace.CheckpointAsync();
        Assert.IsTrue(SpinWait.SpinUntil(() => store.IsHoldingCommit, Patience), "the checkpoint has taken the removal");
        runner.Run("BAG.PUT k a 2");
        store.HoldsCommits = false;
        await Assert.ThrowsAsync<StorageException>(() => failing);
        store.FailsCommits = false;
        runner.Run("BAG.REMOVE k a");
        await runner.ReopenAsync();
        Assert.AreEqual("*1\r\n$1\r\nb\r\n", runner.Run("BAG.NAMES k"));
    }
}
