using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("BZPOPMAX", "BZMPOP")]
public sealed class BzpopminTests : ZsetCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [TestMethod]
    public void Bzpop_SomethingThere_TakesItAtOnce()
    {
        Given("ZADD y 1 a 2 b", "ZADD z 3 c 4 d");
        Expect(Resp.Bulks("y", "a", "1"), "BZPOPMIN none y z 0");
        Expect(Resp.Bulks("z", "d", "4"), "BZPOPMAX z y 0");
        Assert.AreEqual(
            Resp.Array(Resp.Bulk("z"), Resp.Bulk("c"), Double(3)), Keyspace.Run3("BZPOPMIN z 0.5"));
        Expect(Resp.Array(Resp.Bulk("y"), Resp.Array(Resp.Bulks("b", "2"))), "BZMPOP 0 2 z y MIN COUNT 5");
        ExpectEvents("z zpopmin y", "z zpopmax z", "z zpopmin z", "g del z", "z zpopmin y", "g del y");
    }

    [TestMethod]
    public async Task Bzpop_Nothing_WaitsUntilTimeIsUp()
    {
        Task<string> waiting = Keyspace.Connect().Start("BZPOPMIN z 1.5");
        Keyspace.Advance(1499);
        Assert.AreEqual(1, Keyspace.Keyspace.Statistics.WaitingCalls);
        Keyspace.Advance(1);
        Assert.AreEqual(Resp.NilArray, await waiting.WaitAsync(Patience));
        Assert.AreEqual(0, Keyspace.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Bzpop_ManyWait_AreServedInTheOrderTheyCame()
    {
        Task<string> first = Keyspace.Connect().Start("BZPOPMIN z 0");
        Task<string> second = Keyspace.Connect().Start("BZMPOP 0 2 y z MAX COUNT 2");
        Task<string> third = Keyspace.Connect().Start("BZPOPMAX y z 0");
        Given("SET z v", "DEL z");
        Assert.AreEqual(3, Keyspace.Keyspace.Statistics.WaitingCalls);
        Given("ZADD z 1 a 2 b 3 c 4 d");
        Assert.AreEqual(Resp.Bulks("z", "a", "1"), await first.WaitAsync(Patience));
        Assert.AreEqual(
            Resp.Array(Resp.Bulk("z"), Resp.Array(Resp.Bulks("d", "4"), Resp.Bulks("c", "3"))),
            await second.WaitAsync(Patience));
        Assert.AreEqual(Resp.Bulks("z", "b", "2"), await third.WaitAsync(Patience));
        ExpectEvents("z zpopmin z", "z zpopmax z", "z zpopmax z", "g del z");
    }

    [TestMethod]
    [DataRow("ZUNIONSTORE z 1 other")]
    [DataRow("ZRANGESTORE z other 0 -1")]
    [DataRow("RENAME other z")]
    [DataRow("COPY other z")]
    [DataRow("ZINCRBY z 1 m")]
    public async Task Bzpop_KeyComesIntoBeing_IsServed(string line)
    {
        Given("ZADD other 1 m");
        Task<string> waiting = Keyspace.Connect().Start("BZPOPMIN z 0");
        Given(line);
        Assert.AreEqual(Resp.Bulks("z", "m", "1"), await waiting.WaitAsync(Patience));
    }

    [TestMethod]
    public void Bzpop_InATransaction_DoesNotWait()
    {
        Keyspace.Connection.InTransaction = true;
        Given("ZADD z 1 a");
        Expect(Resp.Bulks("z", "a", "1"), "BZPOPMIN z 0");
    }

    [TestMethod]
    [DataRow("BZPOPMIN z -1", "ERR timeout is negative")]
    [DataRow("BZPOPMIN z -inf", "ERR timeout is negative")]
    [DataRow("BZPOPMAX z x", "ERR timeout is not a float or out of range")]
    [DataRow("BZPOPMAX z nan", "ERR timeout is not a float or out of range")]
    [DataRow("BZPOPMIN z inf", "ERR timeout is out of range")]
    [DataRow("BZPOPMIN z 9223372036854775807", "ERR timeout is out of range")]
    [DataRow("BZPOPMIN z 9223372036854775", "ERR timeout is out of range")]
    [DataRow("BZMPOP -1 1 z MIN", "ERR timeout is negative")]
    [DataRow("BZMPOP x 1 z FOO", "ERR syntax error")]
    [DataRow("BZMPOP 0 0 z MIN", "ERR numkeys should be greater than 0")]
    [DataRow("BZMPOP 0 1 z MIN COUNT -1", "ERR count should be greater than 0")]
    [DataRow("BZPOPMIN none k 0", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Bzpop_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
        Assert.AreEqual(0, Keyspace.Keyspace.Statistics.WaitingCalls);
    }
}
