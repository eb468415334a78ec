using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XclaimTests : CommandTests
{
    [TestMethod]
    public void Xclaim_IdleEntry_ChangesHands()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g a STREAMS x >");
        Expect(Resp.Array(), "XCLAIM x g b 1000 1-1");
        Keyspace.Advance(1_000);
        Expect(Resp.Array(StreamReading.Entry("1-1", "f", "1")), "XCLAIM x g b 1000 1-1");
        Expect(
            Resp.Array(Resp.Array(Resp.Bulk("1-1"), Resp.Bulk("b"), Resp.Integer(0), Resp.Integer(2))),
            "XPENDING x g - + 10");
        Expect(Resp.Bulks("1-1"), "XCLAIM x g c 0 1-1 JUSTID IDLE 300 RETRYCOUNT 7");
        Expect(
            Resp.Array(Resp.Array(Resp.Bulk("1-1"), Resp.Bulk("c"), Resp.Integer(300), Resp.Integer(7))),
            "XPENDING x g - + 10");
    }

    [TestMethod]
    public void Xclaim_DeletedEntry_IsNoLongerPending()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g a STREAMS x >", "XDEL x 1-1");
        Expect(Resp.Array(), "XCLAIM x g b 0 1-1");
        Expect(Resp.Array(), "XPENDING x g - + 10");
    }

    [TestMethod]
    public void Xclaim_Force_MakesAnEntryPending()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0");
        Expect(Resp.Array(), "XCLAIM x g b 0 1-1");
        Expect(Resp.Array(StreamReading.Entry("1-1", "f", "1")), "XCLAIM x g b 0 1-1 FORCE LASTID 1-1");
        Expect(Resp.NilArray, "XREADGROUP GROUP g b STREAMS x >");
        Expect(Resp.Array(), "XCLAIM x g b 0 9-9 FORCE");
        Expect(Resp.Error("ERR Unrecognized XCLAIM option 'FOO'"), "XCLAIM x g b 0 1-1 FOO");
    }
}
