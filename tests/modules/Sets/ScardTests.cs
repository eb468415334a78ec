using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class ScardTests : CommandTests
{
    [TestMethod]
    public void Scard_AnySet_CountsItsMembers()
    {
        Expect(Resp.Integer(0), "SCARD s");
        Given("SADD s a b c", "SREM s b");
        Expect(Resp.Integer(2), "SCARD s");
    }

    [TestMethod]
    public void Scard_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SCARD k");
    }
}
