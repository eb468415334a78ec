using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SmismemberTests : CommandTests
{
    [TestMethod]
    public void Smismember_ManyMembers_TellsOfEach()
    {
        Given("SADD s a b");
        Expect(Resp.Array(Resp.Integer(1), Resp.Integer(0), Resp.Integer(1)), "SMISMEMBER s a x a");
        Expect(Resp.Array(Resp.Integer(0), Resp.Integer(0)), "SMISMEMBER none a b");
    }

    [TestMethod]
    public void Smismember_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SMISMEMBER k a");
    }
}
