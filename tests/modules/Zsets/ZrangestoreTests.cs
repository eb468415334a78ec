using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZrangestoreTests : ZsetCommandTests
{
    [TestMethod]
    public void Zrangestore_Range_ReplacesTheDestination()
    {
        Given("ZADD z 1 a 2 b 3 c 4 d", "SET d v", "EXPIRE d 100");
        Expect(Resp.Integer(2), "ZRANGESTORE d z 1 2");
        ExpectZset("d", "b", "2", "c", "3");
        Expect(Resp.Integer(-1), "TTL d");
        Expect(Resp.Integer(2), "ZRANGESTORE d z (3 -inf BYSCORE REV LIMIT 0 2");
        ExpectZset("d", "a", "1", "b", "2");
        Expect(Resp.Integer(1), "ZRANGESTORE z z 0 0 REV");
        ExpectZset("z", "d", "4");
        Given("ZADD lex 0 a 0 b");
        Expect(Resp.Integer(1), "ZRANGESTORE d lex [b + BYLEX");
        ExpectEvents("z zrangestore d");
    }

    [TestMethod]
    public void Zrangestore_Nothing_RemovesTheDestination()
    {
        Given("ZADD z 1 a", "SET d v");
        Expect(Resp.Integer(0), "ZRANGESTORE d z 5 9");
        Expect(Resp.Integer(0), "EXISTS d");
        Expect(Resp.Integer(0), "ZRANGESTORE d none 0 -1");
        ExpectEvents("g del d");
    }

    [TestMethod]
    [DataRow("ZRANGESTORE d z 0 -1 WITHSCORES", "ERR syntax error")]
    [DataRow("ZRANGESTORE d z 0 -1 LIMIT 0 1",
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")]
    [DataRow("ZRANGESTORE d k 0 -1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Zrangestore_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v", "SET d v");
        Expect(Resp.Error(error), line);
        Expect(Resp.Bulk("v"), "GET d");
    }
}
