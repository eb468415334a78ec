using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HrandfieldTests : HashCommandTests
{
    [TestMethod]
    public void Hrandfield_One_LeavesItThere()
    {
        Given("HSET h a 1");
        Expect(Resp.Bulk("a"), "HRANDFIELD h");
        Expect(Resp.Integer(1), "HLEN h");
        Expect(Resp.Nil, "HRANDFIELD none");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("HRANDFIELD none"));
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(20, 20)]
    [DataRow(80, 80)]
    [DataRow(100, 100)]
    [DataRow(1000, 100)]
    public void Hrandfield_Some_AnswersDifferentFields(int count, int answered)
    {
        string[] fields = [.. Enumerable.Range(0, 100).Select(i => $"f{i}")];
        Given($"HSET h {string.Join(' ', fields.Select(field => $"{field} v{field}"))}");
        List<string> drawn = RespReading.Strings(Run($"HRANDFIELD h {count}"));
        Assert.HasCount(answered, drawn);
        CollectionAssert.AllItemsAreUnique(drawn);
        CollectionAssert.IsSubsetOf(drawn, fields);
        (string Field, string Value)[] pairs = Pairs(Run($"HRANDFIELD h {count} WITHVALUES"));
        Assert.HasCount(answered, pairs);
        Assert.IsTrue(pairs.All(pair => pair.Value == "v" + pair.Field));
    }

    [TestMethod]
    public void Hrandfield_NegativeCount_MayRepeatFields()
    {
        Given("HSET h a 1 b 2");
        List<string> drawn = RespReading.Strings(Run("HRANDFIELD h -50"));
        Assert.HasCount(50, drawn);
        CollectionAssert.AreEquivalent(new[] { "a", "b" }, drawn.Distinct().ToArray());
        Assert.IsTrue(Pairs(Run("HRANDFIELD h -50 withvalues")).All(pair => pair is ("a", "1") or ("b", "2")));
    }

    [TestMethod]
    public void Hrandfield_Resp3_PairsFieldsWithValues()
    {
        Given("HSET h a 1");
        string pair = Resp.Bulks("a", "1");
        Assert.AreEqual(Resp.Array(pair), Keyspace.Run3("HRANDFIELD h 3 WITHVALUES"));
        Assert.AreEqual(Resp.Array(pair, pair), Keyspace.Run3("HRANDFIELD h -2 WITHVALUES"));
        Assert.AreEqual(Resp.Bulks("a", "a"), Keyspace.Run3("HRANDFIELD h -2"));
    }

    [TestMethod]
    public void Hrandfield_NoneWanted_AnswersEmptyArray()
    {
        Given("HSET h a 1");
        Expect(Resp.Array(), "HRANDFIELD h 0");
        Expect(Resp.Array(), "HRANDFIELD none 5 WITHVALUES");
        Assert.AreEqual(Resp.Array(), Keyspace.Run3("HRANDFIELD none -5"));
    }

    [TestMethod]
    [DataRow("HRANDFIELD k x", "ERR value is not an integer or out of range")]
    [DataRow("HRANDFIELD k 1 2", "ERR syntax error")]
    [DataRow("HRANDFIELD k 1 WITHVALUES x", "ERR syntax error")]
    [DataRow("HRANDFIELD k -9223372036854775808 x",
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")]
    [DataRow("HRANDFIELD k 9223372036854775807 WITHVALUES", "ERR value is out of range")]
    [DataRow("HRANDFIELD k -4611686018427387904 WITHVALUES", "ERR value is out of range")]
    [DataRow("HRANDFIELD k 1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("HRANDFIELD k", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hrandfield_Mistakes_AreReported(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
    }

    [TestMethod]
    [DataRow("HRANDFIELD h", 1)]
    [DataRow("HRANDFIELD h -1", 1)]
    [DataRow("HRANDFIELD h 2", 2)]
    [DataRow("HRANDFIELD h 7", 7)]
    public void Hrandfield_AnyField_IsDrawnAsOften(string line, int count)
    {
        const int Draws = 8_000;
        var drawn = new int[10];
        Given("HSET h 0 a 1 a 2 a 3 a 4 a 5 a 6 a 7 a 8 a 9 a");
        for (int i = 0; i < Draws / count; i++)
        {
            string reply = Run(line);
            foreach (string field in reply[0] == '*' ? RespReading.Strings(reply) : [RespReading.String(reply)])
            {
                drawn[field[0] - '0']++;
            }
        }

        Chances.AssertEven(drawn);
    }

    [TestMethod]
    public void Hrandfield_FieldsExpired_AreNotDrawn()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 10 FIELDS 1 a");
        Keyspace.Advance(10);
        Expect(Resp.Bulks("b", "b", "b"), "HRANDFIELD h -3");
        Expect(Resp.Bulks("b"), "HRANDFIELD h 3");
    }
}
