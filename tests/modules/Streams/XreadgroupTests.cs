using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XreadgroupTests : CommandTests
{
    [TestMethod]
    public void Xreadgroup_New_IsGivenOnceAndPending()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XGROUP CREATE x g 0");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))),
            "XREADGROUP GROUP g alice COUNT 1 STREAMS x >");
        ExpectEvents("t xgroup-createconsumer x");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("2-1", "f", "2"))),
            "XREADGROUP GROUP g bob STREAMS x >");
        Expect(Resp.NilArray, "XREADGROUP GROUP g bob STREAMS x >");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))),
            "XREADGROUP GROUP g alice STREAMS x 0");
        Given("XDEL x 1-1");
        Expect(
            Resp.Array(StreamReading.Stream("x", Resp.Array(Resp.Bulk("1-1"), Resp.NilArray))),
            "XREADGROUP GROUP g alice STREAMS x 0");
        Given("XACK x g 1-1");
        Expect(Resp.Array(StreamReading.Stream("x")), "XREADGROUP GROUP g alice STREAMS x 0");
    }

    [TestMethod]
    public void Xreadgroup_NoAck_LeavesNothingPending()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g alice NOACK STREAMS x >");
        Expect(Resp.Array(StreamReading.Stream("x")), "XREADGROUP GROUP g alice STREAMS x 0");
    }

    [TestMethod]
    public async Task Xreadgroup_Blocked_OneOfManyGetsTheEntry()
    {
        Given("XGROUP CREATE x g $ MKSTREAM");
        Task<string> first = Keyspace.Connect().Start("XREADGROUP GROUP g alice BLOCK 0 STREAMS x >");
        Task<string> second = Keyspace.Connect().Start("XREADGROUP GROUP g bob BLOCK 0 STREAMS x >");
        Run("XADD x 1-1 f 1");
        string reply = await first.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.AreEqual(Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))), reply);
        Run("XADD x 2-1 f 2");
        reply = await second.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.AreEqual(Resp.Array(StreamReading.Stream("x", StreamReading.Entry("2-1", "f", "2"))), reply);
    }

    [TestMethod]
    [DataRow("XGROUP DESTROY x g", "NOGROUP No such key 'x' or consumer group 'g' in XREADGROUP with GROUP option")]
    [DataRow("DEL x", "NOGROUP No such key 'x' or consumer group 'g' in XREADGROUP with GROUP option")]
    [DataRow("SET x v", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public async Task Xreadgroup_GroupGoesWhileBlocked_Ends(string command, string error)
    {
        Given("XGROUP CREATE x g $ MKSTREAM");
        Task<string> blocked = Keyspace.Connect().Start("XREADGROUP GROUP g alice BLOCK 0 STREAMS x >");
        Run(command);
        Assert.AreEqual(Resp.Error(error), await blocked.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [TestMethod]
    public async Task Xreadgroup_Crash_KeepsWhatIsPendingAndHowFarItRead()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XGROUP CREATE x g 0", "XREADGROUP GROUP g a COUNT 1 STREAMS x >");
        await Keyspace.CrashAsync();
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("2-1", "f", "2"))),
            "XREADGROUP GROUP g b STREAMS x >");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))),
            "XREADGROUP GROUP g a STREAMS x 0");
    }

    [TestMethod]
    public void Xreadgroup_Mistakes_AreToldAsRedisDoes()
    {
        Given("XADD x 1-1 f 1");
        Expect(
            Resp.Error("NOGROUP No such key 'x' or consumer group 'g' in XREADGROUP with GROUP option"),
            "XREADGROUP GROUP g a STREAMS x >");
        Expect(Resp.Error("ERR Missing GROUP option for XREADGROUP"), "XREADGROUP COUNT 1 NOACK STREAMS x >");
    }
}
