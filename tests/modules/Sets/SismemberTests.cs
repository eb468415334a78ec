using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SismemberTests : CommandTests
{
    [TestMethod]
    public void Sismember_AnyMember_TellsWhetherItIsThere()
    {
        Given("SADD s a");
        Expect(Resp.Integer(1), "SISMEMBER s a");
        Expect(Resp.Integer(0), "SISMEMBER s b");
        Expect(Resp.Integer(0), "SISMEMBER none a");
    }

    [TestMethod]
    public void Sismember_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SISMEMBER k a");
    }
}
