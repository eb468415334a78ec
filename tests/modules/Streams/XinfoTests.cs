using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
[Covers("XINFO|CONSUMERS", "XINFO|GROUPS", "XINFO|HELP", "XINFO|STREAM")]
public sealed class XinfoTests : CommandTests
{
    [TestMethod]
    public void XinfoStream_Stream_TellsItsFigures()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD x 3-1 f 3", "XDEL x 2-1", "XGROUP CREATE x g 0");
        string expected = Resp.Array(
            Resp.Bulk("length"), Resp.Integer(2),
            Resp.Bulk("radix-tree-keys"), Resp.Integer(1),
            Resp.Bulk("radix-tree-nodes"), Resp.Integer(2),
            Resp.Bulk("last-generated-id"), Resp.Bulk("3-1"),
            Resp.Bulk("max-deleted-entry-id"), Resp.Bulk("2-1"),
            Resp.Bulk("entries-added"), Resp.Integer(3),
            Resp.Bulk("recorded-first-entry-id"), Resp.Bulk("1-1"),
            Resp.Bulk("groups"), Resp.Integer(1),
            Resp.Bulk("first-entry"), StreamReading.Entry("1-1", "f", "1"),
            Resp.Bulk("last-entry"), StreamReading.Entry("3-1", "f", "3"));
        Expect(expected, "XINFO STREAM x");
        Expect(Resp.Error("ERR no such key"), "XINFO STREAM none");
    }

    [TestMethod]
    public void XinfoStreamFull_Stream_ListsGroupsAndConsumers()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        const long Now = KeyspaceRunner.StartMilliseconds;
        string reply = Run("XINFO STREAM x FULL");
        string group = Resp.Array(
            Resp.Bulk("name"), Resp.Bulk("g"),
            Resp.Bulk("last-delivered-id"), Resp.Bulk("1-1"),
            Resp.Bulk("entries-read"), Resp.Integer(1),
            Resp.Bulk("lag"), Resp.Integer(0),
            Resp.Bulk("pel-count"), Resp.Integer(1),
            Resp.Bulk("pending"),
            Resp.Array(Resp.Array(Resp.Bulk("1-1"), Resp.Bulk("c"), Resp.Integer(Now), Resp.Integer(1))),
            Resp.Bulk("consumers"),
            Resp.Array(Resp.Array(
                Resp.Bulk("name"), Resp.Bulk("c"),
                Resp.Bulk("seen-time"), Resp.Integer(Now),
                Resp.Bulk("active-time"), Resp.Integer(Now),
                Resp.Bulk("pel-count"), Resp.Integer(1),
                Resp.Bulk("pending"),
                Resp.Array(Resp.Array(Resp.Bulk("1-1"), Resp.Integer(Now), Resp.Integer(1))))));
        Assert.EndsWith(Resp.Bulk("groups") + Resp.Array(group), reply);
    }

    [TestMethod]
    public void XinfoConsumers_Consumer_TellsHowLongItIsIdle()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        Keyspace.Advance(200);
        Given("XREADGROUP GROUP g c STREAMS x >");
        Keyspace.Advance(100);
        Expect(
            Resp.Array(Resp.Array(
                Resp.Bulk("name"), Resp.Bulk("c"), Resp.Bulk("pending"), Resp.Integer(1),
                Resp.Bulk("idle"), Resp.Integer(100), Resp.Bulk("inactive"), Resp.Integer(300))),
            "XINFO CONSUMERS x g");
        Expect(Resp.Error("NOGROUP No such consumer group 'h' for key name 'x'"), "XINFO CONSUMERS x h");
    }

    [TestMethod]
    public void XinfoGroups_Lag_IsWhatIsLeftToRead()
    {
        Given(
            "XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD x 3-1 f 3", "XGROUP CREATE x g 0",
            "XREADGROUP GROUP g c COUNT 1 STREAMS x >");
        Expect(
            Resp.Array(Resp.Array(
                Resp.Bulk("name"), Resp.Bulk("g"), Resp.Bulk("consumers"), Resp.Integer(1),
                Resp.Bulk("pending"), Resp.Integer(1), Resp.Bulk("last-delivered-id"), Resp.Bulk("1-1"),
                Resp.Bulk("entries-read"), Resp.Integer(1), Resp.Bulk("lag"), Resp.Integer(2))),
            "XINFO GROUPS x");
        Assert.Contains("CONSUMERS", Run("XINFO HELP"));
    }
}
