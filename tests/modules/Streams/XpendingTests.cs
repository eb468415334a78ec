using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XpendingTests : CommandTests
{
    [TestMethod]
    public void Xpending_Summary_CountsByConsumer()
    {
        Given(
            "XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD x 3-1 f 3", "XGROUP CREATE x g 0", "XGROUP CREATE x gg 0",
            "XREADGROUP GROUP g b COUNT 2 STREAMS x >", "XREADGROUP GROUP g a STREAMS x >",
            "XREADGROUP GROUP gg z STREAMS x >", "XGROUP CREATECONSUMER x g idle");
        Expect(
            Resp.Array(
                Resp.Integer(3),
                Resp.Bulk("1-1"),
                Resp.Bulk("3-1"),
                Resp.Array(Resp.Bulks("a", "1"), Resp.Bulks("b", "2"))),
            "XPENDING x g");
    }

    [TestMethod]
    public void Xpending_List_FiltersByIdleAndConsumer()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XGROUP CREATE x g 0", "XREADGROUP GROUP g a COUNT 1 STREAMS x >");
        Keyspace.Advance(500);
        Given("XREADGROUP GROUP g b STREAMS x >");
        string first = Resp.Array(Resp.Bulk("1-1"), Resp.Bulk("a"), Resp.Integer(500), Resp.Integer(1));
        string second = Resp.Array(Resp.Bulk("2-1"), Resp.Bulk("b"), Resp.Integer(0), Resp.Integer(1));
        Expect(Resp.Array(first, second), "XPENDING x g - + 10");
        Expect(Resp.Array(first), "XPENDING x g IDLE 100 - + 10");
        Expect(Resp.Array(second), "XPENDING x g - + 10 b");
        Expect(Resp.Array(), "XPENDING x g - + 10 none");
        Expect(Resp.SyntaxError, "XPENDING x g - +");
        Expect(Resp.Error("NOGROUP No such key 'x' or consumer group 'h'"), "XPENDING x h");
    }
}
