using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SpopTests : SetCommandTests
{
    [TestMethod]
    public void Spop_One_TakesItOut()
    {
        Given("SADD s a b");
        string first = RespReading.String(Run("SPOP s"));
        ExpectEvents("s spop s");
        Expect(Resp.Integer(0), $"SISMEMBER s {first}");
        Expect(Resp.Bulk(first == "a" ? "b" : "a"), "SPOP s");
        ExpectEvents("s spop s", "g del s");
        Expect(Resp.Nil, "SPOP s");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("SPOP s"));
        ExpectEvents();
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    [DataRow(60)]
    [DataRow(99)]
    public void Spop_Some_TakesDifferentMembersOut(int count)
    {
        string[] members = [.. Enumerable.Range(0, 100).Select(i => $"m{i}")];
        Given($"SADD s {string.Join(' ', members)}");
        List<string> taken = RespReading.Strings(Run($"SPOP s {count}"));
        ExpectEvents("s spop s");
        Assert.HasCount(count, taken);
        CollectionAssert.AllItemsAreUnique(taken);
        CollectionAssert.AreEquivalent(members.Except(taken).ToArray(), RespReading.Strings(Run("SMEMBERS s")));
    }

    [TestMethod]
    public void Spop_AllOrMore_RemovesTheKey()
    {
        Given("SADD s a b", "SADD t a b");
        ExpectMembers(["a", "b"], "SPOP s 2");
        ExpectEvents("s spop s", "g del s");
        Assert.StartsWith("~2\r\n", Keyspace.Run3("SPOP t 9223372036854775807"));
        Expect(Resp.Integer(0), "EXISTS s t");
    }

    [TestMethod]
    public void Spop_None_AnswersNothing()
    {
        Given("SADD s a");
        Expect(Resp.Array(), "SPOP s 0");
        Expect(Resp.Array(), "SPOP none 3");
        Assert.AreEqual(Resp.Set(), Keyspace.Run3("SPOP none 3"));
        Expect(Resp.Integer(1), "SCARD s");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("SPOP k x", "ERR value is out of range, must be positive")]
    [DataRow("SPOP k -1", "ERR value is out of range, must be positive")]
    [DataRow("SPOP k 9223372036854775808", "ERR value is out of range, must be positive")]
    [DataRow("SPOP k 1 2", "ERR syntax error")]
    [DataRow("SPOP k 0", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("SPOP k", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Spop_Mistakes_AreReported(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
    }

    [TestMethod]
    public void Spop_AnyMember_IsTakenAsOften()
    {
        const int Rounds = 4_000;
        var taken = new int[10];
        Given("SADD s 0 1 2 3 4 5 6 7 8 9");
        for (int i = 0; i < Rounds; i++)
        {
            string member = RespReading.String(Run("SPOP s"));
            taken[member[0] - '0']++;
            Run($"SADD s {member}");
        }

        Chances.AssertEven(taken);
    }
}
