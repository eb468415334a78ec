using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGEBYLEX")]
public sealed class ZrangeTests : ZsetCommandTests
{
    [TestMethod]
    [DataRow("0 -1", "a b c d")]
    [DataRow("1 2", "b c")]
    [DataRow("-2 -1", "c d")]
    [DataRow("2 1", "")]
    [DataRow("4 9", "")]
    [DataRow("-99 0", "a")]
    [DataRow("0 -99", "")]
    [DataRow("3 99", "d")]
    [DataRow("-9223372036854775808 9223372036854775807", "a b c d")]
    public void Zrange_Ranks_AnswersMembersBetween(string ranks, string expected)
    {
        Given("ZADD z 1 a 2 b 3 c 4 d");
        Expect(Resp.Bulks(Words(expected)), $"ZRANGE z {ranks}");
        Expect(Resp.Bulks([.. Words(expected).Select(word => Mirror(word))]), $"ZREVRANGE z {ranks}");
        Expect(Resp.Bulks([.. Words(expected).Select(word => Mirror(word))]), $"ZRANGE z {ranks} REV");
    }

    [TestMethod]
    [DataRow("-inf +inf", "a b c d")]
    [DataRow("2 3", "b c")]
    [DataRow("(2 3", "c")]
    [DataRow("2 (3", "b")]
    [DataRow("(2 (3", "")]
    [DataRow("2.5 2.6", "")]
    [DataRow("3 2", "")]
    [DataRow("2 2", "b")]
    [DataRow("(2 2", "")]
    [DataRow("\" 2\" +INFINITY", "b c d")]
    [DataRow("-inf 1e999", "a b c d")]
    [DataRow("\"\" 1", "a")]
    public void Zrange_Scores_AnswersMembersBetween(string scores, string expected)
    {
        Given("ZADD z 1 a 2 b 3 c 4 d");
        string[] forward = Words(expected);
        string[] backward = [.. forward.Reverse()];
        IReadOnlyList<string> ends = CommandLine.Split(scores);
        string swapped = $"\"{ends[1]}\" \"{ends[0]}\"";
        Expect(Resp.Bulks(forward), $"ZRANGE z {scores} BYSCORE");
        Expect(Resp.Bulks(forward), $"ZRANGEBYSCORE z {scores}");
        Expect(Resp.Bulks(backward), $"ZRANGE z {swapped} BYSCORE REV");
        Expect(Resp.Bulks(backward), $"ZREVRANGEBYSCORE z {swapped}");
        Expect(Resp.Integer(forward.Length), $"ZCOUNT z {scores}");
    }

    [TestMethod]
    [DataRow("- +", "a aa b c")]
    [DataRow("[aa [b", "aa b")]
    [DataRow("(aa [b", "b")]
    [DataRow("[aa (b", "aa")]
    [DataRow("(a (b", "aa")]
    [DataRow("+ -", "")]
    [DataRow("- -", "")]
    [DataRow("[b [aa", "")]
    [DataRow("[ab +", "b c")]
    [DataRow("- (a", "")]
    [DataRow("- [", "")]
    [DataRow("[ +", "a aa b c")]
    public void Zrange_Names_AnswersMembersBetween(string names, string expected)
    {
        Given("ZADD z 0 b 0 a 0 c 0 aa");
        string[] forward = Words(expected);
        string[] backward = [.. forward.Reverse()];
        string swapped = string.Join(' ', names.Split(' ').Reverse());
        Expect(Resp.Bulks(forward), $"ZRANGE z {names} BYLEX");
        Expect(Resp.Bulks(forward), $"ZRANGEBYLEX z {names}");
        Expect(Resp.Bulks(backward), $"ZRANGE z {swapped} BYLEX REV");
        Expect(Resp.Bulks(backward), $"ZREVRANGEBYLEX z {swapped}");
        Expect(Resp.Integer(forward.Length), $"ZLEXCOUNT z {names}");
    }

    [TestMethod]
    [DataRow("0 2", "a b")]
    [DataRow("1 2", "b c")]
    [DataRow("3 9", "d")]
    [DataRow("4 9", "")]
    [DataRow("1 -1", "b c d")]
    [DataRow("1 -5", "b c d")]
    [DataRow("0 0", "")]
    [DataRow("-1 2", "")]
    public void Zrange_Limit_LeavesOutAndEnds(string limit, string expected)
    {
        Given("ZADD z 1 a 2 b 3 c 4 d", "ZADD lex 0 a 0 b 0 c 0 d");
        Expect(Resp.Bulks(Words(expected)), $"ZRANGE z -inf inf BYSCORE LIMIT {limit}");
        Expect(Resp.Bulks(Words(expected)), $"ZRANGEBYLEX lex - + LIMIT {limit}");
        Expect(Resp.Bulks([.. Words(expected).Select(Mirror)]), $"ZREVRANGEBYSCORE z inf -inf LIMIT {limit}");
    }

    [TestMethod]
    public void Zrange_LargeOffset_IsFoundByRank()
    {
        string[] members = [.. Enumerable.Range(0, 500).Select(i => $"m{i:D3}")];
        Given($"ZADD z {string.Join(' ', members.Select((member, i) => $"{i} {member}"))}");
        Expect(Resp.Bulks(members.AsSpan(310, 5)), "ZRANGE z 10 400 BYSCORE LIMIT 300 5");
        Expect(Resp.Bulks(members.AsSpan(398, 3)), "ZRANGE z (10 400 BYSCORE LIMIT 387 50");
        Expect(Resp.Array(), "ZRANGE z 10 400 BYSCORE LIMIT 391 50");
        Expect(Resp.Bulks([.. members[96..101].Reverse()]), "ZRANGE z 400 10 BYSCORE REV LIMIT 300 5");
        Expect(Resp.Bulks([.. members[10..12].Reverse()]), "ZRANGE z 400 10 BYSCORE REV LIMIT 389 50");
        Expect(Resp.Array(), "ZRANGE z 400 10 BYSCORE REV LIMIT 391 50");
    }

    [TestMethod]
    public void Zrange_WithScores_AnswersPairs()
    {
        Given("ZADD z 1.5 a inf b");
        Expect(Resp.Bulks("a", "1.5", "b", "inf"), "ZRANGE z 0 -1 WITHSCORES");
        Expect(Resp.Bulks("b", "inf", "a", "1.5"), "ZREVRANGE z 0 -1 withscores");
        Expect(Resp.Bulks("a", "1.5"), "ZRANGEBYSCORE z 0 2 WITHSCORES LIMIT 0 1");
        string pairs = Resp.Array(
            Resp.Array(Resp.Bulk("a"), Double(1.5)), Resp.Array(Resp.Bulk("b"), ",inf\r\n"));
        Assert.AreEqual(pairs, Keyspace.Run3("ZRANGE z 0 -1 WITHSCORES"));
        Assert.AreEqual(pairs, Keyspace.Run3("ZRANGE z -inf inf BYSCORE WITHSCORES"));
        Assert.AreEqual(Resp.Bulks("a", "b"), Keyspace.Run3("ZRANGE z 0 -1"));
    }

    [TestMethod]
    [DataRow("ZRANGE z 0 x", "ERR value is not an integer or out of range")]
    [DataRow("ZRANGE z 0 1 BYSCORE BYLEX", "ERR syntax error")]
    [DataRow("ZRANGE z 0 1 REV REV", "ERR syntax error")]
    [DataRow("ZRANGE z 0 1 LIMIT 0", "ERR syntax error")]
    [DataRow("ZRANGE z 0 1 BYSCORE LIMIT 0 x", "ERR value is not an integer or out of range")]
    [DataRow("ZRANGE z 0 1 LIMIT 0 1",
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")]
    [DataRow("ZREVRANGE z 0 1 LIMIT 0 1",
        "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")]
    [DataRow("ZRANGE z [a [b BYLEX WITHSCORES",
        "ERR syntax error, WITHSCORES not supported in combination with BYLEX")]
    [DataRow("ZRANGEBYLEX z [a [b WITHSCORES",
        "ERR syntax error, WITHSCORES not supported in combination with BYLEX")]
    [DataRow("ZRANGE z a b BYSCORE", "ERR min or max is not a float")]
    [DataRow("ZRANGEBYSCORE z 0 nan", "ERR min or max is not a float")]
    [DataRow("ZRANGEBYSCORE z \" \" 1", "ERR min or max is not a float")]
    [DataRow("ZRANGEBYSCORE z ((1 2", "ERR min or max is not a float")]
    [DataRow("ZRANGE z a [b BYLEX", "ERR min or max not valid string range item")]
    [DataRow("ZREVRANGEBYLEX z ++ -", "ERR min or max not valid string range item")]
    [DataRow("ZREVRANGE z 0 1 REV", "ERR syntax error")]
    [DataRow("ZRANGEBYSCORE z 0 1 BYLEX", "ERR syntax error")]
    public void Zrange_Mistakes_AreRefused(string line, string error) => Expect(Resp.Error(error), line);

    [TestMethod]
    public void Zrange_NoKeyOrAnother_SaysSo()
    {
        Given("SET k v");
        Expect(Resp.Array(), "ZRANGE none 0 -1 WITHSCORES");
        Expect(Resp.Array(), "ZRANGEBYSCORE none -inf inf");
        Expect(Resp.Array(), "ZRANGEBYLEX none - +");
        Expect(Resp.WrongType, "ZRANGE k 0 -1");
        Expect("-ERR min or max is not a float\r\n", "ZRANGEBYSCORE k x y");
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Who stands as far from the other end.</summary>
    private static string Mirror(string member) => $"{(char)('a' + 'd' - member[0])}";
}
