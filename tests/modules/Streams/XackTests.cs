using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XackTests : CommandTests
{
    [TestMethod]
    public void Xack_Pending_IsNoLonger()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        Expect(Resp.Integer(1), "XACK x g 1-1 9-9 1-1");
        Expect(Resp.Integer(0), "XACK x none 2-1");
        Expect(Resp.Integer(0), "XACK none g 2-1");
        Expect(Resp.Error("ERR Invalid stream ID specified as stream command argument"), "XACK x g 2-1 y");
        Expect(Resp.Integer(1), "XACK x g 2-1");
    }
}
