using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class SetnxTests : CommandTests
{
    [TestMethod]
    public void Setnx_KeyAbsent_Writes()
    {
        Expect(Resp.Integer(1), "SETNX k a");
        ExpectEvents("$ set k");
        Expect(Resp.Bulk("a"), "GET k");
    }

    [TestMethod]
    public void Setnx_KeyExists_LeavesIt()
    {
        Given("SET k a", "BAG.PUT bag a 1");
        Expect(Resp.Integer(0), "SETNX k b");
        Expect(Resp.Integer(0), "SETNX bag b");
        Expect(Resp.Bulk("a"), "GET k");
        ExpectEvents();
    }

    [TestMethod]
    public void Setnx_KeyExpired_WritesWithoutDeadline()
    {
        Given("SET k a PX 5");
        Keyspace.Advance(5);
        Expect(Resp.Integer(1), "SETNX k b");
        Expect(Resp.Integer(-1), "TTL k");
    }
}
