using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZaddTests : ZsetCommandTests
{
    [TestMethod]
    public void Zadd_NewMembers_CountsThem()
    {
        Expect(Resp.Integer(2), "ZADD z 2 b 1 a");
        Expect(Resp.Integer(1), "ZADD z 1 a 5 b 3 c");
        Expect(Resp.Integer(0), "ZADD z 1 a");
        ExpectZset("z", "a", "1", "c", "3", "b", "5");
        ExpectEvents("z zadd z", "z zadd z");
    }

    [TestMethod]
    public void Zadd_MemberTwice_TakesTheLastScore()
    {
        Expect(Resp.Integer(1), "ZADD z 1 a 2 a");
        Expect(Resp.Integer(2), "ZADD y CH 1 a 2 a");
        ExpectZset("z", "a", "2");
    }

    [TestMethod]
    [DataRow("NX 9 a 9 new", 1, "a 1 b 2 new 9")]
    [DataRow("XX 9 a 9 new", 0, "b 2 a 9")]
    [DataRow("XX CH 9 a 2 b 9 new", 1, "b 2 a 9")]
    [DataRow("GT 0 a 9 b 9 new", 1, "a 1 b 9 new 9")]
    [DataRow("LT CH 0 a 9 b 9 new", 2, "a 0 b 2 new 9")]
    [DataRow("XX gt ch 5 a 1 b 9 new", 1, "b 2 a 5")]
    [DataRow("xx LT 5 a 1 b 9 new", 0, "a 1 b 1")]
    public void Zadd_Options_DecideWhoGetsAScore(string rest, int answer, string expected)
    {
        Given("ZADD z 1 a 2 b");
        Expect(Resp.Integer(answer), $"ZADD z {rest}");
        ExpectZset("z", expected.Split(' '));
    }

    [TestMethod]
    public void Zadd_NothingChanges_TellsNothing()
    {
        Given("ZADD z 1 a");
        Expect(Resp.Integer(0), "ZADD z XX 1 a 2 b");
        Expect(Resp.Integer(0), "ZADD z NX 5 a");
        Expect(Resp.Integer(0), "ZADD none XX 1 a");
        Expect(Resp.Integer(0), "EXISTS none");
        ExpectEvents();
    }

    [TestMethod]
    public void Zadd_Incr_AnswersTheScore()
    {
        Expect(Resp.Bulk("1.5"), "ZADD z INCR 1.5 a");
        Expect(Resp.Bulk("4"), "ZADD z INCR XX 2.5 a");
        Expect(Resp.Nil, "ZADD z INCR NX 1 a");
        Expect(Resp.Nil, "ZADD z INCR XX 1 b");
        Expect(Resp.Nil, "ZADD z INCR GT -1 a");
        Expect(Resp.Bulk("3"), "ZADD z INCR LT -1 a");
        Expect(Resp.Nil, "ZADD z INCR GT 0 a");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("ZADD z INCR NX 1 a"));
        Assert.AreEqual(Double(3.5), Keyspace.Run3("ZADD z INCR 0.5 a"));
        ExpectEvents("z zincr z", "z zincr z", "z zincr z", "z zincr z");
    }

    [TestMethod]
    public void Zadd_InfinitiesAddedUp_AreNoNumber()
    {
        Given("ZADD z inf a -inf b");
        Expect("-ERR resulting score is not a number (NaN)\r\n", "ZADD z INCR -inf a");
        Expect(Resp.Bulk("inf"), "ZADD z INCR 5 a");
        ExpectZset("z", "b", "-inf", "a", "inf");
    }

    [TestMethod]
    [DataRow("ZADD z nan a")]
    [DataRow("ZADD z 1x a")]
    [DataRow("ZADD z 1 a x b")]
    [DataRow("ZADD z \"\" a")]
    [DataRow("ZADD z 1e999 a")]
    public void Zadd_NoScore_ChangesNothing(string line)
    {
        Expect(Resp.NotFloat, line);
        Expect(Resp.Integer(0), "EXISTS z");
    }

    [TestMethod]
    [DataRow("ZADD z 1 a 2", "ERR syntax error")]
    [DataRow("ZADD z NX XX", "ERR syntax error")]
    [DataRow("ZADD z FOO 1 a", "ERR syntax error")]
    [DataRow("ZADD z NX XX 1 a", "ERR XX and NX options at the same time are not compatible")]
    [DataRow("ZADD z NX GT 1 a", "ERR GT, LT, and/or NX options at the same time are not compatible")]
    [DataRow("ZADD z GT LT 1 a", "ERR GT, LT, and/or NX options at the same time are not compatible")]
    [DataRow("ZADD z INCR 1 a 2 b", "ERR INCR option supports a single increment-element pair")]
    public void Zadd_Mistakes_AreRefused(string line, string error) => Expect(Resp.Error(error), line);

    [TestMethod]
    public void Zadd_EqualScores_AreOrderedByName()
    {
        Given("ZADD z 0 b 0 \"\" 0 ab 0 a 0 \"\\xff\" 0 \"a\\x00\" -1 z");
        Expect(Resp.Bulks("z", "", "a", "a\0", "ab", "b", "\u00ff"), "ZRANGE z 0 -1");
    }

    [TestMethod]
    [DataRow("0.1", "0.1")]
    [DataRow("-0", "0")]
    [DataRow("3.0e3", "3000")]
    [DataRow("0x1p4", "16")]
    [DataRow("1e17", "100000000000000000")]
    [DataRow("1e30", "1e+30")]
    [DataRow("5e-324", "5e-324")]
    [DataRow("1.7976931348623157e308", "1.7976931348623157e+308")]
    [DataRow("+Infinity", "inf")]
    public void Zadd_Score_IsWrittenInItsShortestForm(string score, string written)
    {
        Given($"ZADD z {score} a");
        Expect(Resp.Bulk(written), "ZSCORE z a");
    }

    [TestMethod]
    public async Task Zadd_AfterRestart_MembersAreThere()
    {
        Given("ZADD z 1 a 2 b 3 c");
        await Keyspace.Keyspace.CheckpointAsync();
        Given("ZADD z 7 a", "ZINCRBY z 0.5 b", "ZREM z c", "ZADD z GT 4 d");
        await Keyspace.CrashAsync();
        ExpectZset("z", "b", "2.5", "d", "4", "a", "7");
        await Keyspace.ReopenAsync();
        ExpectZset("z", "b", "2.5", "d", "4", "a", "7");
        Expect(Resp.Integer(3), "ZCARD z");
    }

    [TestMethod]
    public void Zadd_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "ZADD k 1 a");
        Expect(Resp.WrongType, "ZADD k XX 1 a");
    }
}
