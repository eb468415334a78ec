using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZscanTests : ZsetCommandTests
{
    [TestMethod]
    public void Zscan_SmallZset_AnswersAllAtOnce()
    {
        Given("ZADD z 0.1 a");
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Bulks("a", "0.1")), "ZSCAN z 0");
        Assert.AreEqual(Resp.Array(Resp.Bulk("0"), Resp.Bulks("a", "0.1")), Keyspace.Run3("ZSCAN z 0"));
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "ZSCAN z 0 MATCH b*");
    }

    [TestMethod]
    public void Zscan_LargeZset_SeesEveryMemberOnce()
    {
        string[] members = [.. Enumerable.Range(0, 500).Select(i => $"m{i}")];
        Given($"ZADD z {string.Join(' ', members.Select(member => $"0.1 {member}"))}");
        var seen = new List<string>();
        string cursor = "0";
        do
        {
            (cursor, List<string> page) = RespReading.Page(Run($"ZSCAN z {cursor} COUNT 20"));
            foreach (string[] pair in page.Chunk(2))
            {
                seen.Add(pair[0]);
                Assert.AreEqual("0.10000000000000001", pair[1], "what Redis does not pack it scans with all digits");
            }

            Assert.IsLessThan(60, page.Count);
        }
        while (cursor != "0");
        CollectionAssert.AreEquivalent(members, seen);
    }

    [TestMethod]
    [DataRow("ZSCAN z x", "-ERR invalid cursor\r\n")]
    [DataRow("ZSCAN z 0 NOVALUES", "-ERR NOVALUES option can only be used in HSCAN\r\n")]
    [DataRow("ZSCAN z 0 COUNT 0", Resp.SyntaxError)]
    [DataRow("ZSCAN k 0", Resp.WrongType)]
    public void Zscan_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v", "ZADD z 1 a");
        Expect(error, line);
    }
}
