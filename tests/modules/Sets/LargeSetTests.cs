using Marekvs.Modules.Sets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

/// <summary>Sets larger than memory.</summary>
[TestClass]
public sealed class LargeSetTests : IAsyncDisposable
{
    private const int Members = 3_000;

    private readonly KeyspaceRunner _keyspace = new(
        new RunnerSettings(Shards: 1, MemoryMax: 96 * 1024, ResidentElementsMax: 50),
        new SortedStore(),
        new SetsModule());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _keyspace.DisposeAsync();

    [TestMethod]
    public async Task Spop_AllInTurn_TakesEachMemberOnce()
    {
        string[] members = await FillAsync("s", 0, 400);
        var taken = new List<string>();
        while (_keyspace.Run("SPOP s 7") is var reply && reply != Resp.Array())
        {
            taken.AddRange(RespReading.Strings(reply));
            if (_keyspace.Run("SPOP s") is var one && one != Resp.Nil)
            {
                taken.Add(RespReading.String(one));
            }
        }

        CollectionAssert.AreEquivalent(members, taken);
        Assert.AreEqual(Resp.Integer(0), _keyspace.Run("SCARD s"));
    }

    [TestMethod]
    [DataRow(10)]
    [DataRow(900)]
    [DataRow(2_000)]
    public async Task Srandmember_Some_AnswersDifferentMembers(int count)
    {
        string[] members = await FillAsync("s", 0, Members);
        List<string> drawn = RespReading.Strings(_keyspace.Run($"SRANDMEMBER s {count}"));
        Assert.HasCount(count, drawn);
        CollectionAssert.AllItemsAreUnique(drawn);
        CollectionAssert.IsSubsetOf(drawn, members);
    }

    [TestMethod]
    public async Task Srandmember_MoreThanWindowsAreLaid_GoesOn()
    {
        await FillAsync("s", 0, 500);
        List<string> drawn = RespReading.Strings(_keyspace.Run("SRANDMEMBER s -6000"));
        Assert.HasCount(6_000, drawn);
        Assert.IsGreaterThan(450, drawn.Distinct().Count());
    }

    [TestMethod]
    public async Task Sscan_WholeWalk_SeesEveryMemberOnce()
    {
        string[] members = await FillAsync("s", 0, Members);
        var seen = new List<string>();
        string cursor = "0";
        do
        {
            (cursor, List<string> page) = RespReading.Page(_keyspace.Run($"SSCAN s {cursor} COUNT 100"));
            seen.AddRange(page);
        }
        while (cursor != "0");
        CollectionAssert.AreEquivalent(members, seen);
    }

    [TestMethod]
    public async Task Combinations_LargeSets_AreRight()
    {
        string[] left = await FillAsync("a", 0, 2_000);
        string[] right = await FillAsync("b", 1_500, 2_000);
        await FillAsync("c", 1_990, 20);
        CollectionAssert.AreEquivalent(
            left.Intersect(right).ToArray(), RespReading.Strings(_keyspace.Run("SINTER a b")));
        CollectionAssert.AreEquivalent(left.Except(right).ToArray(), RespReading.Strings(_keyspace.Run("SDIFF a b")));
        Assert.AreEqual(Resp.Integer(3_500), _keyspace.Run("SUNIONSTORE d a b"));
        Assert.AreEqual(Resp.Integer(10), _keyspace.Run("SINTERCARD 3 a b c"));
        Assert.AreEqual(Resp.Integer(3_500), _keyspace.Run("SCARD d"));
    }

    private async Task<string[]> FillAsync(string key, int first, int count)
    {
        string[] members = [.. Enumerable.Range(first, count).Select(i => $"member-number-{i}")];
        foreach (string[] some in members.Chunk(100))
        {
            _keyspace.Connection.RunArguments(["SADD", key, .. some]);
        }

        await _keyspace.Keyspace.CheckpointAsync();
        return members;
    }
}
