using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZrandmemberTests : ZsetCommandTests
{
    [TestMethod]
    public void Zrandmember_Draws_AreFair()
    {
        Given("ZADD z 1 a 1 b 5 c 7 d 9 e");
        int[] drawn = new int[5];
        int[] chosen = new int[5];
        for (int i = 0; i < 5000; i++)
        {
            drawn[RespReading.String(Run("ZRANDMEMBER z"))[0] - 'a']++;
            chosen[RespReading.Strings(Run("ZRANDMEMBER z 1"))[0][0] - 'a']++;
        }

        Chances.AssertEven(drawn);
        Chances.AssertEven(chosen);
    }

    [TestMethod]
    public void Zrandmember_Count_AnswersDifferentMembers()
    {
        Given("ZADD z 1 a 2 b 3 c");
        Expect(Resp.Bulks("a", "1", "b", "2", "c", "3"), "ZRANDMEMBER z 9 WITHSCORES");
        Assert.AreEqual(2, RespReading.Strings(Run("ZRANDMEMBER z 2")).Distinct().Count());
        Assert.HasCount(7, RespReading.Strings(Run("ZRANDMEMBER z -7")));
        Assert.HasCount(14, RespReading.Strings(Run("ZRANDMEMBER z -7 WITHSCORES")));
        Given("ZADD one 1.5 a");
        Assert.AreEqual(
            Resp.Array(Resp.Array(Resp.Bulk("a"), Double(1.5)), Resp.Array(Resp.Bulk("a"), Double(1.5))),
            Keyspace.Run3("ZRANDMEMBER one -2 WITHSCORES"));
    }

    [TestMethod]
    [DataRow("ZRANDMEMBER none", Resp.Nil)]
    [DataRow("ZRANDMEMBER none 3", "*0\r\n")]
    [DataRow("ZRANDMEMBER z 0 WITHSCORES", "*0\r\n")]
    [DataRow("ZRANDMEMBER z x", Resp.NotInteger)]
    [DataRow("ZRANDMEMBER z 1 FOO", Resp.SyntaxError)]
    [DataRow("ZRANDMEMBER z 1 WITHSCORES 2", Resp.SyntaxError)]
    [DataRow("ZRANDMEMBER z 9223372036854775807 WITHSCORES", "-ERR value is out of range\r\n")]
    [DataRow("ZRANDMEMBER z -9223372036854775808",
        "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807\r\n")]
    [DataRow("ZRANDMEMBER k", Resp.WrongType)]
    public void Zrandmember_EdgesAndMistakes_AnswerAsRedis(string line, string reply)
    {
        Given("SET k v", "ZADD z 1 a");
        Expect(reply, line);
    }
}
