using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>An element that the store has and that comes and goes between two checkpoints is gone afterwards.</summary>
[TestClass]
public sealed class RemovalTests
{
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
}
