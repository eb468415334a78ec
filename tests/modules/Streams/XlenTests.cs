using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XlenTests : CommandTests
{
    [TestMethod]
    public void Xlen_Stream_CountsEntries()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        Expect(Resp.Integer(2), "XLEN x");
        Given("XDEL x 1-1 2-1");
        Expect(Resp.Integer(0), "XLEN x");
        Expect(Resp.Simple("stream"), "TYPE x");
        Expect(Resp.Integer(0), "XLEN none");
    }
}
