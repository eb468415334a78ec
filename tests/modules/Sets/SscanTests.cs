using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SscanTests : SetCommandTests
{
    [TestMethod]
    public void Sscan_SmallSet_IsAnsweredAtOnce()
    {
        Given("SADD s a b c", $"SADD n {string.Join(' ', Enumerable.Range(0, 512))}");
        (string cursor, List<string> members) = RespReading.Page(Run("SSCAN s 0 COUNT 1"));
        Assert.AreEqual("0", cursor);
        CollectionAssert.AreEquivalent(new[] { "a", "b", "c" }, members);
        (cursor, members) = RespReading.Page(Run("SSCAN n 0"));
        Assert.AreEqual("0", cursor);
        Assert.HasCount(512, members);
    }

    [TestMethod]
    public void Sscan_WhileMembersComeAndGo_SeesThoseThatStay()
    {
        string[] staying = [.. Enumerable.Range(0, 1000).Select(i => $"m{i}")];
        Given($"SADD s {string.Join(' ', staying)}");
        var seen = new HashSet<string>();
        string cursor = "0";
        int steps = 0;
        do
        {
            (cursor, List<string> members) = RespReading.Page(Run($"SSCAN s {cursor} COUNT 20"));
            Assert.IsInRange(0, 30, members.Count);
            seen.UnionWith(members);
            Given($"SADD s x{steps} y{steps}", $"SREM s x{steps}");
            steps++;
        }
        while (cursor != "0");
        CollectionAssert.IsSubsetOf(staying, seen.ToArray());
        Assert.IsInRange(40, 60, steps);
    }

    [TestMethod]
    public void Sscan_Pattern_FiltersWhatIsVisited()
    {
        Given("SADD s a1 a2 b1");
        Assert.HasCount(2, RespReading.Page(Run("SSCAN s 0 MATCH a*")).Names);
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Bulks("b1")), "SSCAN s 0 MATCH b* count 5");
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "SSCAN s 0 MATCH c*");
    }

    [TestMethod]
    public void Sscan_CursorBeyondTheEnd_AnswersNothing()
    {
        Given("SADD s a1 a2 b1");
        string cursor = ulong.MaxValue.ToString(CultureInfo.InvariantCulture);
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), $"SSCAN s {cursor}");
        Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "SSCAN none 0 NO SUCH OPTION");
    }

    [TestMethod]
    [DataRow("SSCAN s x", "ERR invalid cursor")]
    [DataRow("SSCAN none x", "ERR invalid cursor")]
    [DataRow("SSCAN k 0", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("SSCAN s 0 COUNT 0", "ERR syntax error")]
    [DataRow("SSCAN s 0 COUNT x", "ERR value is not an integer or out of range")]
    [DataRow("SSCAN s 0 COUNT", "ERR syntax error")]
    [DataRow("SSCAN s 0 TYPE set", "ERR syntax error")]
    [DataRow("SSCAN s 0 NOVALUES", "ERR NOVALUES option can only be used in HSCAN")]
    public void Sscan_Mistakes_AreReported(string line, string error)
    {
        Given("SADD s a", "SET k v");
        Expect(Resp.Error(error), line);
    }
}
