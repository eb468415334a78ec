using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[Covers("BRPOP", "BLMPOP")]
[TestClass]
public sealed class BlpopTests : ListCommandTests
{
    [TestMethod]
    public void Blpop_FirstListThatHasSomething_AnswersAtOnce()
    {
        Given("RPUSH b 1 2 3", "RPUSH c 4");
        Expect(Resp.Bulks("b", "1"), "BLPOP a b c 0");
        Expect(Resp.Bulks("b", "3"), "BRPOP a b c 0.1");
        Expect(Resp.Bulks("c", "4"), "BLPOP c b a 1e3");
        ExpectEvents("l lpop b", "l rpop b", "l lpop c", "g del c");
    }

    [TestMethod]
    public async Task Blpop_ManyWait_AreServedInTheOrderTheyCame()
    {
        Task<string>[] waiting = [.. Enumerable.Range(0, 4).Select(i => Start(i % 2 == 0 ? "BLPOP l 0" : "BRPOP l 0"))];
        Expect(Resp.Integer(6), "RPUSH l a b c d e f");
        ExpectList("l", "c", "d");
        await ExpectAsync(Resp.Bulks("l", "a"), waiting[0]);
        await ExpectAsync(Resp.Bulks("l", "f"), waiting[1]);
        await ExpectAsync(Resp.Bulks("l", "b"), waiting[2]);
        await ExpectAsync(Resp.Bulks("l", "e"), waiting[3]);
        Assert.AreEqual(0, Waiting);
    }

    [TestMethod]
    public async Task Blpop_SeveralKeys_ServesFromTheOneThatCame()
    {
        Task<string> waiting = Start("BLPOP a b b a 0");
        Given("RPUSH b 1");
        await ExpectAsync(Resp.Bulks("b", "1"), waiting);
        Given("RPUSH a 2");
        ExpectList("a", "2");
        Assert.AreEqual(0, Waiting);
    }

    [TestMethod]
    public async Task Blpop_ListComesInOtherWays_IsServed()
    {
        Given("RPUSH l a", "SET s v");
        Task<string> waiting = Start("BLPOP m s2 0");
        Expect(Resp.Ok, "RENAME l m");
        await ExpectAsync(Resp.Bulks("m", "a"), waiting);
        Given("RPUSH l b");
        waiting = Start("BLPOP m 0");
        Expect(Resp.Integer(1), "COPY l m");
        await ExpectAsync(Resp.Bulks("m", "b"), waiting);
        waiting = Start("BLPOP m 0");
        Expect(Resp.Bulk("b"), "RPOPLPUSH l m");
        await ExpectAsync(Resp.Bulks("m", "b"), waiting);
    }

    [TestMethod]
    public async Task Blpop_KeyGetsAnotherType_GoesOnWaiting()
    {
        Task<string> waiting = Start("BLPOP l 0");
        Given("SET l v", "APPEND l w", "DEL l", "SADD l m", "DEL l");
        Assert.AreEqual(1, Waiting);
        Given("RPUSH l a");
        await ExpectAsync(Resp.Bulks("l", "a"), waiting);
    }

    [TestMethod]
    public async Task Blpop_AnotherKeyGotAnotherTypeMeanwhile_IsRefusedWhenItRunsAgain()
    {
        Task<string> waiting = Start("BLPOP s l 0");
        Given("SET s v");
        Assert.AreEqual(1, Waiting);
        Given("RPUSH l a");
        await ExpectAsync(Resp.WrongType, waiting);
        ExpectList("l", "a");
    }

    [TestMethod]
    [DataRow("BLPOP l 0.5")]
    [DataRow("BRPOP l 0.5")]
    [DataRow("BLMPOP 0.5 2 l m LEFT COUNT 3")]
    public async Task Wait_TimeIsUp_AnswersNilArray(string command)
    {
        Task<string> waiting = Start(command);
        Keyspace.Advance(499);
        Assert.AreEqual(1, Waiting);
        Keyspace.Advance(1);
        await ExpectAsync(Resp.NilArray, waiting);
        Assert.AreEqual(0, Waiting);
        Given("RPUSH l a");
        ExpectList("l", "a");
    }

    [TestMethod]
    [DataRow("x", "ERR timeout is not a float or out of range")]
    [DataRow("", "ERR timeout is not a float or out of range")]
    [DataRow("-1", "ERR timeout is negative")]
    [DataRow("-inf", "ERR timeout is negative")]
    [DataRow("1e300", "ERR timeout is out of range")]
    [DataRow("inf", "ERR timeout is out of range")]
    [DataRow("9223372036854775807", "ERR timeout is out of range")]
    public void Wait_BadTimeout_IsRefusedWhateverTheKeys(string timeout, string error)
    {
        Given("SET s v");
        Expect(Resp.Error(error), $"BLPOP s l \"{timeout}\"");
        Expect(Resp.Error(error), $"BLMPOP \"{timeout}\" 1 s LEFT");
        Expect(Resp.Error(error), $"BRPOPLPUSH s l \"{timeout}\"");
    }

    [TestMethod]
    public void Wait_OtherTypeInFront_IsRefused()
    {
        Given("SET s v", "RPUSH l a");
        Expect(Resp.WrongType, "BLPOP s l 0");
        Expect(Resp.WrongType, "BLPOP none s l 0");
        Expect(Resp.WrongType, "BLMPOP 0 2 s l LEFT");
        Expect(Resp.Bulks("l", "a"), "BLPOP l s 0");
    }

    [TestMethod]
    public async Task Blmpop_Elements_TakesSoManyOfOneList()
    {
        Given("RPUSH l a b c");
        Expect(Resp.Array(Resp.Bulk("l"), Resp.Bulks("c", "b")), "BLMPOP 0 2 k l RIGHT COUNT 2");
        Expect(Resp.Array(Resp.Bulk("l"), Resp.Bulks("a")), "BLMPOP 0 1 l LEFT");
        Task<string> waiting = Start("BLMPOP 0 2 k l LEFT COUNT 2");
        Given("RPUSH l 1 2 3");
        await ExpectAsync(Resp.Array(Resp.Bulk("l"), Resp.Bulks("1", "2")), waiting);
        ExpectList("l", "3");
    }

    [TestMethod]
    [DataRow("BLMPOP x 0 l LEFT", "ERR numkeys should be greater than 0")]
    [DataRow("BLMPOP x 1 l UP", "ERR syntax error")]
    [DataRow("BLMPOP x 1 l LEFT COUNT 0", "ERR count should be greater than 0")]
    [DataRow("BLMPOP 0 3 a b LEFT", "ERR syntax error")]
    public void Blmpop_Mistakes_AreFoundBeforeTheTimeout(string line, string error) => Expect(Resp.Error(error), line);

    [TestMethod]
    public async Task Wait_GivenUp_LeavesNothing()
    {
        KeyspaceConnection leaving = Keyspace.Connect();
        Task<string> given = leaving.StartArguments(["BLPOP", "a", "b", "0"]);
        Assert.AreEqual(1, Waiting);
        leaving.Ticket.TimeOutNow();
        await given;
        Task<string> behind = Start("BLPOP b 0");
        Given("RPUSH b 1");
        await ExpectAsync(Resp.Bulks("b", "1"), behind);
        Assert.AreEqual(0, Waiting);
    }

    [TestMethod]
    public async Task Wait_PushedElementsAreFewer_TheRestGoOnWaiting()
    {
        Task<string> first = Start("BLMPOP 0 1 l LEFT COUNT 10");
        Task<string> second = Start("BLPOP l 0");
        Given("RPUSH l a b");
        await ExpectAsync(Resp.Array(Resp.Bulk("l"), Resp.Bulks("a", "b")), first);
        Assert.AreEqual(1, Waiting);
        Given("RPUSH l c");
        await ExpectAsync(Resp.Bulks("l", "c"), second);
    }
}
