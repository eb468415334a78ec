using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XdelTests : CommandTests
{
    [TestMethod]
    public void Xdel_Ids_CountsThoseThatWereThere()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2");
        Expect(Resp.Integer(1), "XDEL x 1-1 9-9 1-1");
        ExpectEvents("t xdel x");
        Expect(Resp.Integer(0), "XDEL x 1-1");
        ExpectEvents();
        Expect(Resp.Integer(0), "XDEL none 1-1");
    }

    [TestMethod]
    public void Xdel_OneIdIsNone_DeletesNothing()
    {
        Given("XADD x 1-1 f 1");
        Expect(Resp.Error("ERR Invalid stream ID specified as stream command argument"), "XDEL x 1-1 y");
        Expect(Resp.Integer(1), "XLEN x");
    }
}
