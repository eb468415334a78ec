using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[Covers("BRPOPLPUSH")]
[TestClass]
public sealed class BlmoveTests : ListCommandTests
{
    [TestMethod]
    public void Blmove_SomethingToMove_MovesAtOnce()
    {
        Given("RPUSH l a b c");
        Expect(Resp.Bulk("a"), "BLMOVE l m LEFT RIGHT 0");
        Expect(Resp.Bulk("c"), "BRPOPLPUSH l m 0");
        ExpectEvents("l rpush m", "l lpop l", "l lpush m", "l rpop l");
        ExpectList("m", "c", "a");
    }

    [TestMethod]
    public async Task Blmove_NothingYet_MovesWhenSomethingComes()
    {
        Task<string> waiting = Start("BLMOVE l m RIGHT LEFT 0");
        Given("RPUSH l a b");
        await ExpectAsync(Resp.Bulk("b"), waiting);
        ExpectList("l", "a");
        ExpectList("m", "b");
    }

    [TestMethod]
    public async Task Blmove_Chain_PassesTheElementThroughAllLists()
    {
        Task<string>[] chain = [.. Enumerable.Range(0, 10).Reverse().Select(i => Start($"BLMOVE l{i} l{i + 1} LEFT LEFT 0"))];
        Given("RPUSH l0 a");
        foreach (Task<string> link in chain)
        {
            await ExpectAsync(Resp.Bulk("a"), link);
        }

        ExpectList("l10", "a");
        Assert.AreEqual(0, Waiting);
    }

    [TestMethod]
    public async Task Blmove_Circle_EndsWhereItBegan()
    {
        Task<string> there = Start("BRPOPLPUSH l m 0");
        Task<string> back = Start("BRPOPLPUSH m l 0");
        Given("RPUSH l a");
        await ExpectAsync(Resp.Bulk("a"), there);
        await ExpectAsync(Resp.Bulk("a"), back);
        ExpectList("l", "a");
        ExpectList("m");
    }

    [TestMethod]
    public async Task Blmove_OntoItself_IsServedOnce()
    {
        Task<string> waiting = Start("BRPOPLPUSH l l 0");
        Given("RPUSH l a");
        await ExpectAsync(Resp.Bulk("a"), waiting);
        ExpectList("l", "a");
    }

    [TestMethod]
    public async Task Blmove_DestinationOfAnotherType_IsRefusedAndTheNextIsServed()
    {
        Given("SET s v");
        Task<string> refused = Start("BLMOVE l s LEFT LEFT 0");
        Task<string> served = Start("BLMOVE l m LEFT LEFT 0");
        Assert.AreEqual(2, Waiting);
        Given("RPUSH l a");
        await ExpectAsync(Resp.WrongType, refused);
        await ExpectAsync(Resp.Bulk("a"), served);
        ExpectList("m", "a");
    }

    [TestMethod]
    public async Task Blmove_DestinationOnDisk_MovesOnceItWasRead()
    {
        Given("RPUSH m old");
        await Keyspace.ReopenAsync();
        Task<string> moving = Start("BLMOVE l m LEFT RIGHT 0");
        Task<string> behind = Start("BLPOP l 0");
        Given("RPUSH l a b");
        await ExpectAsync(Resp.Bulk("a"), moving);
        await ExpectAsync(Resp.Bulks("l", "b"), behind);
        ExpectList("m", "old", "a");
    }

    [TestMethod]
    public async Task Blmove_TwoEachOthersDestinationOnDisk_AreBothServed()
    {
        Given("RPUSH x 1", "RPUSH y 2");
        await Keyspace.ReopenAsync();
        Task<string>[] moves =
        [
            .. Enumerable.Range(0, 20).Select(i => Start(i % 2 == 0 ? "BLMOVE l m LEFT RIGHT 0" : "BLMOVE m l LEFT RIGHT 0")),
        ];
        Given("RPUSH l a", "RPUSH m b");
        foreach (Task<string> move in moves)
        {
            await move.WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.AreEqual(0, Waiting);
    }

    [TestMethod]
    [DataRow("BLMOVE l m LEFT RIGHT 1")]
    [DataRow("BRPOPLPUSH l m 1")]
    public async Task Blmove_TimeIsUp_AnswersNilArray(string command)
    {
        Task<string> waiting = Start(command);
        Keyspace.Advance(1000);
        await ExpectAsync(Resp.NilArray, waiting);
    }

    [TestMethod]
    public void Blmove_Mistakes_AreFoundInRedissOrder()
    {
        Given("SET s v", "RPUSH l a");
        Expect(Resp.Error("ERR syntax error"), "BLMOVE s l UP LEFT x");
        Expect(Resp.Error("ERR timeout is not a float or out of range"), "BLMOVE s l LEFT LEFT x");
        Expect(Resp.WrongType, "BLMOVE s l LEFT LEFT 0");
        Expect(Resp.WrongType, "BLMOVE l s LEFT LEFT 0");
        Expect(Resp.WrongType, "BRPOPLPUSH l s 0");
        ExpectList("l", "a");
    }
}
