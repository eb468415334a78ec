using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XreadTests : CommandTests
{
    [TestMethod]
    public void Xread_Ids_AnswersWhatIsBehindThem()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD y 1-1 g 1");
        Expect(
            Resp.Array(
                StreamReading.Stream("x", StreamReading.Entry("2-1", "f", "2")),
                StreamReading.Stream("y", StreamReading.Entry("1-1", "g", "1"))),
            "XREAD STREAMS x y 1-1 0");
        Assert.AreEqual(
            Resp.Map(Resp.Bulk("y"), Resp.Array(StreamReading.Entry("1-1", "g", "1"))),
            Keyspace.Run3("XREAD COUNT 1 STREAMS x y 2-1 0"));
        Expect(Resp.NilArray, "XREAD STREAMS x $");
        Expect(Resp.Array(StreamReading.Stream("x", StreamReading.Entry("2-1", "f", "2"))), "XREAD STREAMS x +");
    }

    [TestMethod]
    public async Task Xread_BlockedFromNowOn_AnswersTheNextEntry()
    {
        Given("XADD x 1-1 f 1");
        KeyspaceConnection reader = Keyspace.Connect();
        Task<string> blocked = reader.Start("XREAD BLOCK 0 STREAMS none x $ $");
        Assert.IsFalse(blocked.IsCompleted);
        Run("XADD x 1-2 f 2");
        string reply = await blocked.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.AreEqual(Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-2", "f", "2"))), reply);
        Assert.AreEqual(0, Keyspace.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Xread_ManyBlocked_AllGetTheEntry()
    {
        Task<string>[] blocked =
            [.. Enumerable.Range(0, 5).Select(_ => Keyspace.Connect().Start("XREAD BLOCK 0 STREAMS x 0"))];
        Run("XADD x 1-1 f 1");
        string[] replies = await Task.WhenAll(blocked).WaitAsync(TimeSpan.FromSeconds(10));
        CollectionAssert.AreEqual(
            Enumerable.Repeat(Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))), 5).ToArray(),
            replies);
    }

    [TestMethod]
    public async Task Xread_NothingInTime_AnswersNothing()
    {
        Task<string> blocked = Keyspace.Connect().Start("XREAD BLOCK 1000 STREAMS x $");
        Keyspace.Advance(1_001);
        Assert.AreEqual(Resp.NilArray, await blocked.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [TestMethod]
    public void Xread_Mistakes_AreToldAsRedisDoes()
    {
        Expect(Resp.SyntaxError, "XREAD COUNT 1 x 0");
        Expect(Resp.Error("ERR timeout is negative"), "XREAD BLOCK -1 STREAMS x 0");
        Expect(Resp.Error("ERR timeout is not an integer or out of range"), "XREAD BLOCK x STREAMS x 0");
        Expect(
            Resp.Error("ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified."),
            "XREAD STREAMS x y 0");
        Expect(
            Resp.Error("ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead."),
            "XREAD NOACK STREAMS x 0");
        Expect(
            Resp.Error(
                "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."),
            "XREAD STREAMS x >");
    }
}
