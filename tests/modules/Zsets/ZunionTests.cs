using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZUNIONSTORE", "ZINTER", "ZINTERSTORE", "ZINTERCARD", "ZDIFF", "ZDIFFSTORE")]
public sealed class ZunionTests : ZsetCommandTests
{
    [TestMethod]
    [DataRow("ZUNION 2 a b", "x 1 w 5 y 8 z 10")]
    [DataRow("ZUNION 2 a b AGGREGATE MIN", "x 1 y 2 z 3 w 5")]
    [DataRow("ZUNION 2 a b AGGREGATE max", "x 1 w 5 y 6 z 7")]
    [DataRow("ZUNION 2 a b WEIGHTS 2 -1", "w -5 z -1 x 2 y -2")]
    [DataRow("ZUNION 3 a b none WEIGHTS 1 0 9", "w 0 x 1 y 2 z 3")]
    [DataRow("ZUNION 2 a s", "y 3 q 1 x 1 z 3")]
    [DataRow("ZUNION 2 a a", "x 2 y 4 z 6")]
    [DataRow("ZUNION 1 none", "")]
    [DataRow("ZINTER 2 a b", "y 8 z 10")]
    [DataRow("ZINTER 2 b a WEIGHTS 0.5 1 AGGREGATE MAX", "y 3 z 3.5")]
    [DataRow("ZINTER 2 s a", "y 3")]
    [DataRow("ZINTER 3 a b none", "")]
    [DataRow("ZDIFF 2 a b", "x 1")]
    [DataRow("ZDIFF 3 a s none", "x 1 z 3")]
    [DataRow("ZDIFF 1 s", "q 1 y 1")]
    [DataRow("ZDIFF 2 a a", "")]
    public void Algebra_Keys_AreCombined(string line, string expected)
    {
        Given("ZADD a 1 x 2 y 3 z", "ZADD b 6 y 7 z 5 w", "SADD s y q");
        (string Member, double Score)[] pairs =
        [
            .. expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Chunk(2)
                .Select(pair => (pair[0], double.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)))
                .OrderBy(pair => pair.Item2).ThenBy(pair => pair.Item1, StringComparer.Ordinal),
        ];
        string[] flat = [.. pairs.SelectMany(pair => (string[])[pair.Member, $"{pair.Score}"])];
        Expect(Resp.Bulks([.. pairs.Select(pair => pair.Member)]), line);
        Expect(Resp.Bulks(flat), $"{line} WITHSCORES");
        Assert.AreEqual(
            Resp.Array([.. pairs.Select(pair => Resp.Array(Resp.Bulk(pair.Member), Double(pair.Score)))]),
            Keyspace.Run3($"{line} WITHSCORES"));
        string[] words = line.Split(' ');
        Expect(Resp.Integer(pairs.Length), $"{words[0]}STORE d {string.Join(' ', words.Skip(1))}");
        ExpectZset("d", flat);
    }

    [TestMethod]
    public void Algebra_Infinities_AddUpToZero()
    {
        Given("ZADD a inf x", "ZADD b -inf x");
        Expect(Resp.Bulks("x", "0"), "ZUNION 2 a b WITHSCORES");
        Expect(Resp.Bulks("x", "0"), "ZINTER 2 a b WITHSCORES");
        Expect(Resp.Bulks("x", "0"), "ZUNION 1 a WEIGHTS 0 WITHSCORES");
        Expect(Resp.Bulks("x", "-inf"), "ZUNION 1 a WEIGHTS -1 WITHSCORES");
    }

    [TestMethod]
    public void Store_OverTheDestination_ReplacesIt()
    {
        Given("ZADD a 1 x", "SET d v", "EXPIRE d 100");
        Expect(Resp.Integer(1), "ZUNIONSTORE d 2 a d2");
        Expect(Resp.Integer(-1), "TTL d");
        Expect(Resp.Integer(1), "ZINTERSTORE a 2 a a WEIGHTS 2 3");
        ExpectZset("a", "x", "5");
        Expect(Resp.Integer(1), "ZDIFFSTORE d 2 a none");
        Expect(Resp.Integer(0), "ZDIFFSTORE d 2 a a");
        Expect(Resp.Integer(0), "EXISTS d");
        Expect(Resp.Integer(0), "ZUNIONSTORE d 1 none");
        ExpectEvents("z zunionstore d", "z zinterstore a", "z zdiffstore d", "g del d");
    }

    [TestMethod]
    public void Zintercard_Keys_CountsUpToTheLimit()
    {
        Given("ZADD a 1 x 2 y 3 z", "ZADD b 1 x 2 y 3 z 4 w", "SADD s x y");
        Expect(Resp.Integer(3), "ZINTERCARD 2 a b");
        Expect(Resp.Integer(2), "ZINTERCARD 3 a b s");
        Expect(Resp.Integer(1), "ZINTERCARD 3 a b s LIMIT 1");
        Expect(Resp.Integer(3), "ZINTERCARD 2 a b LIMIT 0");
        Expect(Resp.Integer(0), "ZINTERCARD 2 a none");
    }

    [TestMethod]
    [DataRow("ZUNION x a", "ERR value is not an integer or out of range")]
    [DataRow("ZUNION 0 a", "ERR at least 1 input key is needed for 'zunion' command")]
    [DataRow("ZINTERSTORE d -1 a", "ERR at least 1 input key is needed for 'zinterstore' command")]
    [DataRow("ZINTERCARD 0 a", "ERR at least 1 input key is needed for 'zintercard' command")]
    [DataRow("ZUNION 2 a", "ERR syntax error")]
    [DataRow("ZUNION 1 a WEIGHTS", "ERR syntax error")]
    [DataRow("ZUNION 2 a b WEIGHTS 1", "ERR syntax error")]
    [DataRow("ZUNION 1 a WEIGHTS x", "ERR weight value is not a float")]
    [DataRow("ZUNION 1 a AGGREGATE avg", "ERR syntax error")]
    [DataRow("ZUNIONSTORE d 1 a WITHSCORES", "ERR syntax error")]
    [DataRow("ZDIFF 1 a WEIGHTS 1", "ERR syntax error")]
    [DataRow("ZDIFFSTORE d 1 a AGGREGATE SUM", "ERR syntax error")]
    [DataRow("ZINTERCARD 1 a WITHSCORES", "ERR syntax error")]
    [DataRow("ZINTERCARD 1 a LIMIT -1", "ERR LIMIT can't be negative")]
    [DataRow("ZINTERCARD 1 a LIMIT x", "ERR LIMIT can't be negative")]
    [DataRow("ZUNION 2 a k FOO", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Algebra_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v", "ZADD d 1 x");
        Expect(Resp.Error(error), line);
        Expect(Resp.Integer(1), "ZCARD d");
    }
}
