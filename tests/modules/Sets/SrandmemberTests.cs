using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SrandmemberTests : CommandTests
{
    [TestMethod]
    public void Srandmember_One_LeavesItThere()
    {
        Given("SADD s a");
        Expect(Resp.Bulk("a"), "SRANDMEMBER s");
        Expect(Resp.Integer(1), "SCARD s");
        Expect(Resp.Nil, "SRANDMEMBER none");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("SRANDMEMBER none"));
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(20, 20)]
    [DataRow(80, 80)]
    [DataRow(100, 100)]
    [DataRow(1000, 100)]
    public void Srandmember_Some_AnswersDifferentMembers(int count, int answered)
    {
        string[] members = [.. Enumerable.Range(0, 100).Select(i => $"m{i}")];
        Given($"SADD s {string.Join(' ', members)}");
        List<string> drawn = RespReading.Strings(Run($"SRANDMEMBER s {count}"));
        Assert.HasCount(answered, drawn);
        CollectionAssert.AllItemsAreUnique(drawn);
        CollectionAssert.IsSubsetOf(drawn, members);
    }

    [TestMethod]
    public void Srandmember_NegativeCount_MayRepeatMembers()
    {
        Given("SADD s a b");
        List<string> drawn = RespReading.Strings(Run("SRANDMEMBER s -50"));
        Assert.HasCount(50, drawn);
        CollectionAssert.AreEquivalent(new[] { "a", "b" }, drawn.Distinct().ToArray());
    }

    [TestMethod]
    public void Srandmember_NoneWanted_AnswersEmptyArray()
    {
        Given("SADD s a");
        Expect(Resp.Array(), "SRANDMEMBER s 0");
        Expect(Resp.Array(), "SRANDMEMBER none 5");
        Assert.AreEqual(Resp.Array(), Keyspace.Run3("SRANDMEMBER none -5"));
        Assert.AreEqual(Resp.Array(Resp.Bulk("a")), Keyspace.Run3("SRANDMEMBER s 5"));
    }

    [TestMethod]
    [DataRow("SRANDMEMBER k x", "ERR value is not an integer or out of range")]
    [DataRow("SRANDMEMBER k 1 2", "ERR syntax error")]
    [DataRow("SRANDMEMBER k -9223372036854775808",
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")]
    [DataRow("SRANDMEMBER k 1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("SRANDMEMBER k", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Srandmember_Mistakes_AreReported(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
    }

    [TestMethod]
    [DataRow("SRANDMEMBER s", 1)]
    [DataRow("SRANDMEMBER s -1", 1)]
    [DataRow("SRANDMEMBER s 2", 2)]
    [DataRow("SRANDMEMBER s 7", 7)]
    public void Srandmember_AnyMember_IsDrawnAsOften(string line, int count)
    {
        const int Draws = 8_000;
        var drawn = new int[10];
        Given("SADD s 0 1 2 3 4 5 6 7 8 9");
        for (int i = 0; i < Draws / count; i++)
        {
            string reply = Run(line);
            foreach (string member in reply[0] == '*' ? RespReading.Strings(reply) : [RespReading.String(reply)])
            {
                drawn[member[0] - '0']++;
            }
        }

        Chances.AssertEven(drawn);
    }
}
