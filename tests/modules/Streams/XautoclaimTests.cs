using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XautoclaimTests : CommandTests
{
    [TestMethod]
    public void Xautoclaim_IdleEntries_ChangeHandsPageByPage()
    {
        Given(
            "XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD x 3-1 f 3", "XGROUP CREATE x g 0",
            "XREADGROUP GROUP g a STREAMS x >", "XDEL x 2-1");
        Expect(Resp.Array(Resp.Bulk("0-0"), Resp.Array(), Resp.Bulks("2-1")), "XAUTOCLAIM x g b 10 - COUNT 10");
        Keyspace.Advance(10);
        Expect(
            Resp.Array(Resp.Bulk("3-1"), Resp.Array(StreamReading.Entry("1-1", "f", "1")), Resp.Array()),
            "XAUTOCLAIM x g b 10 - COUNT 1");
        Expect(
            Resp.Array(Resp.Bulk("0-0"), Resp.Bulks("3-1"), Resp.Array()), "XAUTOCLAIM x g b 10 3-1 COUNT 1 JUSTID");
    }

    [TestMethod]
    public void Xautoclaim_Mistakes_AreToldAsRedisDoes()
    {
        Expect(Resp.Error("ERR COUNT must be > 0"), "XAUTOCLAIM x g b 10 - COUNT 0");
        Expect(Resp.Error("ERR Invalid min-idle-time argument for XAUTOCLAIM"), "XAUTOCLAIM x g b x -");
        Expect(Resp.Error("NOGROUP No such key 'x' or consumer group 'g'"), "XAUTOCLAIM x g b 10 -");
    }
}
