using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[Covers("HMGET", "HEXISTS", "HSTRLEN", "HLEN")]
[TestClass]
public sealed class HgetTests : HashCommandTests
{
    [TestMethod]
    public void Hget_Field_AnswersItsValue()
    {
        Given("HSET h a \"x y\" e \"\"", "HINCRBY h n 12");
        Expect(Resp.Bulk("x y"), "HGET h a");
        Expect(Resp.Bulk(""), "HGET h e");
        Expect(Resp.Bulk("12"), "HGET h n");
        Expect(Resp.Nil, "HGET h none");
        Expect(Resp.Nil, "HGET none a");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("HGET h none"));
    }

    [TestMethod]
    public void Hmget_Fields_AnswersEach()
    {
        Given("HSET h a 1", "HINCRBYFLOAT h n 1.5");
        Expect(Resp.Bulks("1", null, "1.5", "1"), "HMGET h a none n a");
        Expect(Resp.Bulks(null, null), "HMGET none a b");
        Assert.AreEqual(Resp.Array(Resp.Null, Resp.Bulk("1")), Keyspace.Run3("HMGET h none a"));
    }

    [TestMethod]
    public void Hexists_Field_TellsWhetherItIsThere()
    {
        Given("HSET h a \"\"");
        Expect(Resp.Integer(1), "HEXISTS h a");
        Expect(Resp.Integer(0), "HEXISTS h b");
        Expect(Resp.Integer(0), "HEXISTS none a");
    }

    [TestMethod]
    public void Hstrlen_Field_AnswersBytes()
    {
        Given("HSET h a \"\\xff\\x00x\" e \"\"", "HINCRBY h n -1234");
        Expect(Resp.Integer(3), "HSTRLEN h a");
        Expect(Resp.Integer(0), "HSTRLEN h e");
        Expect(Resp.Integer(5), "HSTRLEN h n");
        Expect(Resp.Integer(0), "HSTRLEN h none");
        Expect(Resp.Integer(0), "HSTRLEN none a");
    }

    [TestMethod]
    public void Hlen_Hash_CountsFields()
    {
        Given("HSET h a 1 b 2 c 3", "HDEL h b");
        Expect(Resp.Integer(2), "HLEN h");
        Expect(Resp.Integer(0), "HLEN none");
    }

    [TestMethod]
    [DataRow("HGET k a")]
    [DataRow("HMGET k a b")]
    [DataRow("HEXISTS k a")]
    [DataRow("HSTRLEN k a")]
    [DataRow("HLEN k")]
    public void Hget_OtherType_IsRefused(string line)
    {
        Given("SET k v");
        Expect(Resp.WrongType, line);
    }

    [TestMethod]
    public void Hget_FieldExpired_IsGone()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 100 FIELDS 1 a");
        Keyspace.Advance(99);
        Expect(Resp.Bulk("1"), "HGET h a");
        Keyspace.Advance(1);
        Expect(Resp.Nil, "HGET h a");
        ExpectEvents("h hexpired h");
        Expect(Resp.Bulks(null, "2"), "HMGET h a b");
        Expect(Resp.Integer(0), "HEXISTS h a");
        Expect(Resp.Integer(0), "HSTRLEN h a");
        Expect(Resp.Integer(1), "HLEN h");
    }
}
