using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HscanTests : HashCommandTests
{
    [TestMethod]
    public void Hscan_SmallHash_IsAnsweredAtOnce()
    {
        Given("HSET h a 1 b 2", "HINCRBY h n 3", "HEXPIRE h 10 FIELDS 1 a");
        (string cursor, List<string> parts) = RespReading.Page(Run("HSCAN h 0 COUNT 1"));
        Assert.AreEqual("0", cursor);
        CollectionAssert.AreEquivalent(
            new[] { ("a", "1"), ("b", "2"), ("n", "3") }, parts.Chunk(2).Select(pair => (pair[0], pair[1])).ToArray());
        (_, parts) = RespReading.Page(Run("HSCAN h 0 NOVALUES"));
        CollectionAssert.AreEquivalent(new[] { "a", "b", "n" }, parts);
        Assert.AreEqual(Run("HSCAN h 0"), Keyspace.Run3("HSCAN h 0"));
    }

    [TestMethod]
    public void Hscan_WhileFieldsComeAndGo_SeesThoseThatStay()
    {
        string[] staying = [.. Enumerable.Range(0, 1000).Select(i => $"f{i}")];
        Given($"HSET h {string.Join(' ', staying.Select(field => $"{field} v"))}");
        var seen = new HashSet<string>();
        string cursor = "0";
        int steps = 0;
        do
        {
            (cursor, List<string> fields) = RespReading.Page(Run($"HSCAN h {cursor} COUNT 20 NOVALUES"));
            Assert.IsInRange(0, 30, fields.Count);
            seen.UnionWith(fields);
            Given($"HSET h x{steps} v y{steps} v", $"HDEL h x{steps}");
            steps++;
        }
        while (cursor != "0");
        CollectionAssert.IsSubsetOf(staying, seen.ToArray());
        Assert.IsInRange(40, 60, steps);
    }

    [TestMethod]
    public void Hscan_Pattern_FiltersFields()
    {
        Given("HSET h a1 x a2 y b1 a");
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Bulks("b1", "a")), "HSCAN h 0 MATCH b* count 5");
        Assert.HasCount(2, RespReading.Page(Run("HSCAN h 0 NOVALUES MATCH a*")).Names);
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "HSCAN h 0 MATCH c*");
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "HSCAN none 0 NO SUCH OPTION");
    }

    [TestMethod]
    public void Hscan_FieldsExpired_AreLeftOut()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 10 FIELDS 1 a");
        Keyspace.Advance(10);
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Bulks("b", "2")), "HSCAN h 0");
    }

    [TestMethod]
    [DataRow("HSCAN h x", "ERR invalid cursor")]
    [DataRow("HSCAN k 0", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("HSCAN h 0 COUNT 0", "ERR syntax error")]
    [DataRow("HSCAN h 0 COUNT x", "ERR value is not an integer or out of range")]
    [DataRow("HSCAN h 0 NOVALUES COUNT", "ERR syntax error")]
    [DataRow("HSCAN h 0 TYPE hash", "ERR syntax error")]
    public void Hscan_Mistakes_AreReported(string line, string error)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Resp.Error(error), line);
    }
}
