using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HdelTests : HashCommandTests
{
    [TestMethod]
    public void Hdel_Fields_CountsThoseThatWereThere()
    {
        Given("HSET h a 1 b 2 c 3");
        Expect(Resp.Integer(2), "HDEL h a none b a");
        ExpectEvents("h hdel h");
        ExpectHash("h", ("c", "3"));
        Expect(Resp.Integer(0), "HDEL h a");
        Expect(Resp.Integer(0), "HDEL none a");
        ExpectEvents();
    }

    [TestMethod]
    public void Hdel_LastField_RemovesTheKeyWithItsDeadline()
    {
        Given("HSET h a 1 b 2", "EXPIRE h 100");
        Expect(Resp.Integer(2), "HDEL h a b");
        ExpectEvents("h hdel h", "g del h");
        Expect(Resp.Integer(0), "EXISTS h");
        Given("HSET h a 1");
        Expect(Resp.Integer(-1), "TTL h");
    }

    [TestMethod]
    public void Hdel_FieldWithDeadline_LeavesNoneBehind()
    {
        Given("HSET h a 1 b 2", "HEXPIRE h 10 FIELDS 1 a", "HDEL h a", "HSET h a 3");
        Keyspace.Advance(20_000);
        ExpectHash("h", ("a", "3"), ("b", "2"));
        ExpectEvents();
    }

    [TestMethod]
    public void Hdel_Counter_StartsAnewFromZero()
    {
        Given("HINCRBY h n 5", "HSET h b 1", "HDEL h n");
        Expect(Resp.Integer(2), "HINCRBY h n 2");
        Given("DEL h");
        Expect(Resp.Integer(3), "HINCRBY h n 3");
    }

    [TestMethod]
    public void Hdel_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "HDEL k a");
    }
}
