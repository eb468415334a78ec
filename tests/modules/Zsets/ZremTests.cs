using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZremTests : ZsetCommandTests
{
    [TestMethod]
    public void Zrem_Members_CountsThoseThatWere()
    {
        Given("ZADD z 1 a 2 b 3 c");
        Expect(Resp.Integer(2), "ZREM z a none c a");
        ExpectZset("z", "b", "2");
        Expect(Resp.Integer(0), "ZREM z a");
        Expect(Resp.Integer(0), "ZREM none a");
        ExpectEvents("z zrem z");
    }

    [TestMethod]
    public void Zrem_LastMember_RemovesTheKey()
    {
        Given("ZADD z 1 a", "EXPIRE z 100");
        Expect(Resp.Integer(1), "ZREM z a");
        ExpectEvents("z zrem z", "g del z");
        Given("ZADD z 1 a");
        Expect(Resp.Integer(-1), "TTL z");
    }

    [TestMethod]
    public void Zrem_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "ZREM k a");
    }
}
