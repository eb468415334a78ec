using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class ScanTests : CommandTests
{
    [TestMethod]
    public void Scan_Empty_AnswersZeroCursor() => Expect(Resp.Array(Resp.Bulk("0"), Resp.Array()), "SCAN 0");

    [TestMethod]
    [DataRow("")]
    [DataRow("COUNT 1")]
    [DataRow("count 7")]
    [DataRow("COUNT 10000")]
    public void Scan_WholeWalk_VisitsEveryKey(string options)
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"k{i}")];
        foreach (string name in names)
        {
            Given($"SET {name} v");
        }

        CollectionAssert.AreEquivalent(names, Walk(options));
    }

    [TestMethod]
    public void Scan_MatchAndType_Filter()
    {
        Given("MSET a1 v a2 v b1 v", "BAG.PUT a3 x 1");
        CollectionAssert.AreEquivalent(new[] { "a1", "a2", "a3" }, Walk("MATCH a*"));
        CollectionAssert.AreEquivalent(new[] { "a1", "a2" }, Walk("TYPE string MATCH a*"));
        CollectionAssert.AreEquivalent(new[] { "a3" }, Walk("type BAG"));
        Assert.IsEmpty(Walk("TYPE nosuchtype"));
    }

    [TestMethod]
    public void Scan_KeysAddedAndRemovedMeanwhile_NeverHidesTheRest()
    {
        for (int i = 0; i < 100; i++)
        {
            Given($"SET stay{i} v");
        }

        var seen = new HashSet<string>();
        string cursor = "0";
        int step = 0;
        do
        {
            (cursor, List<string> names) = RespReading.Page(Run($"SCAN {cursor} COUNT 5"));
            seen.UnionWith(names);
            Given($"SET new{step} v", $"DEL new{step - 3}");
            step++;
        }
        while (cursor != "0");
        for (int i = 0; i < 100; i++)
        {
            Assert.Contains($"stay{i}", seen);
        }
    }

    [TestMethod]
    [DataRow("SCAN x", "ERR invalid cursor")]
    [DataRow("SCAN -1", "ERR invalid cursor")]
    [DataRow("SCAN \"\"", "ERR invalid cursor")]
    [DataRow("SCAN 18446744073709551616", "ERR invalid cursor")]
    [DataRow("SCAN x FOO", "ERR invalid cursor")]
    [DataRow("SCAN 0 COUNT 0", "ERR syntax error")]
    [DataRow("SCAN 0 COUNT x", "ERR value is not an integer or out of range")]
    [DataRow("SCAN 0 COUNT", "ERR syntax error")]
    [DataRow("SCAN 0 MATCH", "ERR syntax error")]
    [DataRow("SCAN 0 TYPE", "ERR syntax error")]
    [DataRow("SCAN 0 FOO bar", "ERR syntax error")]
    public void Scan_Mistakes_AreReported(string line, string error) => Expect(Resp.Error(error), line);

    private List<string> Walk(string options)
    {
        var names = new List<string>();
        string cursor = "0";
        do
        {
            (cursor, List<string> page) = RespReading.Page(Run($"SCAN {cursor} {options}"));
            names.AddRange(page);
        }
        while (cursor != "0");
        return names;
    }
}
