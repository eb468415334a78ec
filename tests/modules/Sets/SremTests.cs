using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SremTests : CommandTests
{
    [TestMethod]
    public void Srem_SomeMembers_CountsThoseThatWereThere()
    {
        Given("SADD s a b c");
        Expect(Resp.Integer(2), "SREM s a x c a");
        Expect(Resp.Bulks("b"), "SMEMBERS s");
        Expect(Resp.Integer(0), "SREM s x");
        ExpectEvents("s srem s");
    }

    [TestMethod]
    public void Srem_LastMember_RemovesTheKey()
    {
        Given("SADD s a b", "EXPIRE s 100");
        Expect(Resp.Integer(2), "SREM s a b c");
        ExpectEvents("s srem s", "g del s");
        Expect(Resp.Integer(0), "EXISTS s");
        Given("SADD s a");
        Expect(Resp.Integer(-1), "TTL s");
    }

    [TestMethod]
    public void Srem_AbsentKey_RemovesNothing()
    {
        Expect(Resp.Integer(0), "SREM none a");
        ExpectEvents();
    }

    [TestMethod]
    public void Srem_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SREM k a");
    }
}
