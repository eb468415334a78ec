using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>What another node wrote reaches whoever would have learnt of a write here: watches, copies that clients keep,
/// notifications, calls that wait; by either way data comes.</summary>
[TestClass]
public sealed class RemoteEffectsTests
{
    public static IEnumerable<object[]> Ways => [[false], [true]];

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public async Task Observer_IsToldOfWhatChanged_AndOfNothingElse(bool byExchange)
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET same v");
        Bring(sites, byExchange);
        var told = new Listener();
        sites.B.Keyspace.Observer = told;
        sites.A.Run("SET k v");
        sites.A.Run("BAG.PUT bag x 1");
        Bring(sites, byExchange);
        CollectionAssert.AreEquivalent(new[] { "k", "bag" }, told.Take());
        sites.A.Run("BAG.PUT bag x 2");
        sites.A.Run("DEL k");
        Bring(sites, byExchange);
        CollectionAssert.AreEquivalent(new[] { "bag", "k" }, told.Take());
        Bring(sites, byExchange: true);
        Assert.IsEmpty(told.Take());
    }

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public async Task Watch_OfAKeyThatAnotherNodeWrites_SeesTheChange(bool byExchange)
    {
        await using var sites = new Sites(2);
        sites.A.Run("MSET written 1 removed 1 left 1");
        Bring(sites, byExchange);
        KeyWatch[] watches = [.. new[] { "written", "removed", "made", "left" }.Select(name => Watch(sites.B, name))];
        sites.A.Run("SET written 2");
        sites.A.Run("DEL removed");
        sites.A.Run("SET made 1");
        Bring(sites, byExchange);

        CollectionAssert.AreEqual(new[] { true, true, true, false }, watches.Select(watch => watch.IsChanged).ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public async Task Notifications_OfAnotherNodesWrites_OnlyWhenWanted(bool byExchange)
    {
        await using var sites = new Sites(2);
        sites.B.Keyspace.EnabledEvents |= KeyspaceEvents.New;
        sites.A.Run("SET k v");
        Bring(sites, byExchange);
        Assert.IsEmpty(sites.B.TakeEvents());

        sites.B.Keyspace.NotifiesRemote = true;
        sites.A.Run("SET k w");
        sites.A.Run("SET l v");
        Bring(sites, byExchange);
        sites.A.Run("DEL k");
        Bring(sites, byExchange);
        CollectionAssert.AreEquivalent(
            new[] { "$ replicated k", "n new l", "$ replicated l", "g del k" }, sites.B.TakeEvents().ToArray());
        sites.B.Keyspace.EnabledEvents = KeyspaceEvents.Expired;
        sites.A.Run("SET l w");
        Bring(sites, byExchange);
        Assert.IsEmpty(sites.B.TakeEvents());
    }

    [TestMethod]
    public async Task FlushAll_OfAnotherNode_TellsOfEveryKey()
    {
        await using var sites = new Sites(2);
        sites.A.Run("MSET a 1 b 2");
        Bring(sites, byExchange: false);
        var told = new Listener();
        sites.B.Keyspace.Observer = told;
        KeyWatch watch = Watch(sites.B, "a");
        sites.A.Run("FLUSHALL");
        Bring(sites, byExchange: false);

        CollectionAssert.AreEquivalent(new[] { "a", "b" }, told.Take());
        Assert.IsTrue(watch.IsChanged);
    }

    private static KeyWatch Watch(KeyspaceRunner site, string name)
    {
        byte[] key = Encoding.UTF8.GetBytes(name);
        Shard shard = site.Keyspace.ShardOf(KeyAddress.PartitionOf(key));
        bool exists = site.Run($"EXISTS {name}") == ":1\r\n";
        var watch = new KeyWatch(key, exists, Cell.NoDeadline, shard.EndWatch);
        lock (shard.Gate)
        {
            shard.Watches.Add(watch);
        }

        return watch;
    }

    private static void Bring(Sites sites, bool byExchange)
    {
        if (byExchange)
        {
            Sites.Exchange(sites.B, sites.A);
        }
        else
        {
            Sites.Pull(sites.B, sites.A);
        }
    }

    private sealed class Listener : KeyspaceObserver
    {
        private readonly List<string> _told = [];

        public Listener() => IsWatching = true;

        public override void Changed(ISession? by, IReadOnlyList<byte[]> names)
        {
            Assert.IsNull(by);
            _told.AddRange(names.Select(Encoding.UTF8.GetString));
        }

        public override void Flushed(ISession? by) => Assert.Fail("nobody flushed here");

        public string[] Take()
        {
            string[] told = [.. _told];
            _told.Clear();
            return told;
        }
    }
}
