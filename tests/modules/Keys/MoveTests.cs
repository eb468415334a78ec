using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class MoveTests : CommandTests
{
    [TestMethod]
    public void Move_AnyDatabase_IsNoOther()
    {
        Given("SET k v");
        Expect(Resp.Error("ERR source and destination objects are the same"), "MOVE k 0");
        Expect(Resp.Error("ERR source and destination objects are the same"), "MOVE absent 0");
        Expect(Resp.Error("ERR DB index is out of range"), "MOVE k 1");
        Expect(Resp.Error("ERR DB index is out of range"), "MOVE k -1");
        Expect(Resp.NotInteger, "MOVE k x");
        Expect(Resp.NotInteger, "MOVE k 3000000000");
        Expect(Resp.Bulk("v"), "GET k");
    }
}
