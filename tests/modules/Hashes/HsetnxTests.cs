using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HsetnxTests : HashCommandTests
{
    [TestMethod]
    public void Hsetnx_FieldAbsent_SetsIt()
    {
        Expect(Resp.Integer(1), "HSETNX h a 1");
        Expect(Resp.Integer(0), "HSETNX h a 2");
        Expect(Resp.Integer(1), "HSETNX h b 2");
        ExpectHash("h", ("a", "1"), ("b", "2"));
        ExpectEvents("h hset h", "h hset h");
    }

    [TestMethod]
    public void Hsetnx_FieldExpired_SetsIt()
    {
        Given("HSET h a 1 b 1", "HPEXPIRE h 10 FIELDS 1 a");
        Keyspace.Advance(10);
        Expect(Resp.Integer(1), "HSETNX h a 2");
        ExpectHash("h", ("a", "2"), ("b", "1"));
        Expect(Integers(-1), "HTTL h FIELDS 1 a");
    }

    [TestMethod]
    public void Hsetnx_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "HSETNX k a 1");
    }
}
