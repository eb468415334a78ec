using Marekvs.Testing;

namespace Marekvs.Modules.Tests.HyperLogLogs;

[TestClass]
public sealed class PfmergeTests : CommandTests
{
    [TestMethod]
    public void Pfmerge_Keys_UnitesThemIntoTheFirst()
    {
        Given("PFADD p a b", "PFADD q b c", "EXPIRE p 100");
        Expect(Resp.Ok, "PFMERGE p q none");
        ExpectEvents("$ pfadd p");
        Expect(Resp.Integer(3), "PFCOUNT p");
        Expect(Resp.Integer(2), "PFCOUNT q");
        Expect(Resp.Integer(100), "TTL p");
    }

    [TestMethod]
    public void Pfmerge_NewKey_IsCreated()
    {
        Given("PFADD p a b");
        Expect(Resp.Ok, "PFMERGE new p");
        Expect(Resp.Ok, "PFMERGE empty");
        Expect(Resp.Integer(2), "PFCOUNT new");
        Expect(Resp.Integer(1), "EXISTS empty");
        Expect(Resp.Simple("sparse"), "PFDEBUG ENCODING new");
    }

    [TestMethod]
    public void Pfmerge_OneIsDense_ResultIsDense()
    {
        Given("PFADD p a b", "PFADD q c", "PFDEBUG TODENSE q", "PFMERGE p q");
        Expect(Resp.Simple("dense"), "PFDEBUG ENCODING p");
        Expect(Resp.Integer(3), "PFCOUNT p");
    }
}
