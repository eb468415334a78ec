using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZREVRANK")]
public sealed class ZrankTests : ZsetCommandTests
{
    [TestMethod]
    public void Zrank_Member_AnswersHowManyComeBefore()
    {
        Given("ZADD z 1 a 2 b 2 c 3 d");
        Expect(Resp.Integer(0), "ZRANK z a");
        Expect(Resp.Integer(2), "ZRANK z c");
        Expect(Resp.Integer(1), "ZREVRANK z c");
        Expect(Resp.Integer(0), "ZREVRANK z d");
        Expect(Resp.Nil, "ZRANK z none");
        Expect(Resp.Nil, "ZREVRANK none a");
    }

    [TestMethod]
    public void Zrank_WithScore_AnswersBoth()
    {
        Given("ZADD z 1 a 2.5 b");
        Expect(Resp.Array(Resp.Integer(1), Resp.Bulk("2.5")), "ZRANK z b WITHSCORE");
        Expect(Resp.NilArray, "ZRANK z none withscore");
        Expect(Resp.NilArray, "ZREVRANK none a WITHSCORE");
        Assert.AreEqual(Resp.Array(Resp.Integer(0), Double(2.5)), Keyspace.Run3("ZREVRANK z b WITHSCORE"));
        Assert.AreEqual(Resp.Null, Keyspace.Run3("ZRANK z none WITHSCORE"));
    }

    [TestMethod]
    [DataRow("ZRANK z a WITHSCORES", Resp.SyntaxError)]
    [DataRow("ZREVRANK z a WITHSCORE x", "-ERR wrong number of arguments for 'zrevrank' command\r\n")]
    [DataRow("ZRANK k a", Resp.WrongType)]
    public void Zrank_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v");
        Expect(error, line);
    }

    [TestMethod]
    public void Zrank_ManyMembers_AgreesWithTheirOrder()
    {
        var random = new Random(1);
        string[] members = [.. Enumerable.Range(0, 1000).Select(i => $"m{i}")];
        foreach (string member in members)
        {
            Given($"ZADD z {random.Next(50)} {member}");
        }

        List<string> order = RespReading.Strings(Run("ZRANGE z 0 -1"));
        foreach (string member in members)
        {
            Expect(Resp.Integer(order.IndexOf(member)), $"ZRANK z {member}");
            Expect(Resp.Integer(999 - order.IndexOf(member)), $"ZREVRANK z {member}");
        }
    }
}
