using Marekvs.Abstractions.Records;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>What the keyspace itself tells: keys that come, that are missed, that expire.</summary>
[TestClass]
public sealed class NotificationTests
{
    [TestMethod]
    public async Task New_KeyComesIntoBeing_IsToldBeforeTheCommandsEvent()
    {
        await using KeyspaceRunner runner = Open();
        runner.Run("SET k v");
        runner.Run("SET k w");
        CollectionAssert.AreEqual(new[] { "n new k", "$ set k", "$ set k" }, runner.TakeEvents().ToArray());
    }

    [TestMethod]
    public async Task Keymiss_KeyIsRead_IsToldOncePerMiss()
    {
        await using KeyspaceRunner runner = Open();
        runner.Run("GET absent");
        runner.Run("SET k v");
        runner.Run("GET k");
        CollectionAssert.AreEqual(new[] { "m keymiss absent", "n new k", "$ set k" }, runner.TakeEvents().ToArray());
    }

    [TestMethod]
    public async Task Misses_OfAColdKey_AreNotCounted()
    {
        await using KeyspaceRunner runner = Open();
        runner.Run("SET k v");
        await runner.ReopenAsync();
        runner.Run("GET k");
        Assert.AreEqual(1, runner.Keyspace.Statistics.Hits);
        Assert.AreEqual(0, runner.Keyspace.Statistics.Misses);
        Assert.AreEqual(1, runner.Keyspace.Statistics.ColdCalls);
    }

    [TestMethod]
    public async Task Expired_FoundByATickOrByAWrite_IsToldOnce()
    {
        await using KeyspaceRunner runner = Open();
        runner.Run("SET a v PX 10");
        runner.Run("SET b v PX 10");
        runner.TakeEvents();
        runner.Advance(20);
        runner.Run("SET a w");
        await runner.Keyspace.TickAsync();
        CollectionAssert.AreEqual(new[] { "x expired a", "$ set a", "x expired b" }, runner.TakeEvents().ToArray());
    }

    private static KeyspaceRunner Open()
    {
        var runner = new KeyspaceRunner(new StringsModule());
        runner.Keyspace.EnabledEvents |= KeyspaceEvents.New | KeyspaceEvents.KeyMiss;
        return runner;
    }
}
