using System.Net;
using Marekvs.Host.Settings;

namespace Marekvs.Host.Tests.Settings;

[TestClass]
public sealed class SettingTableTests
{
    [TestMethod]
    public void Rows_NamesAndVariables_AreUniqueAndShaped()
    {
        Assert.HasCount(SettingTable.All.Count, SettingTable.All.Select(s => s.Name).Distinct());
        Assert.HasCount(SettingTable.All.Count, SettingTable.All.Select(s => s.Variable).Distinct());
        foreach (Setting setting in SettingTable.All)
        {
            Assert.StartsWith("MAREKVS_", setting.Variable);
            Assert.EndsWith(".", setting.Meaning);
            Assert.IsFalse(setting.Variable.StartsWith("MAREKVS_STORAGE_", StringComparison.Ordinal), setting.Variable);
            Assert.IsFalse(setting.Variable.StartsWith("MAREKVS_CLUSTER_", StringComparison.Ordinal), setting.Variable);
        }
    }

    [TestMethod]
    public void Rows_Defaults_Read()
    {
        foreach (Setting setting in SettingTable.All)
        {
            Assert.IsTrue(setting.TryRead(setting.Default, out _), setting.Name);
        }
    }

    [TestMethod]
    public void Help_ShowsEveryRow()
    {
        string help = SettingsHelp.Describe();
        string markdown = SettingsHelp.DescribeMarkdown();
        foreach (Setting setting in SettingTable.All)
        {
            Assert.Contains(setting.Variable, help);
            Assert.Contains($"| `{setting.Name}` | `{setting.Variable}` |", markdown);
        }
    }

    [TestMethod]
    [DataRow("127.0.0.1:6379", "127.0.0.1", 6379)]
    [DataRow("[::1]:1", "::1", 1)]
    [DataRow("localhost:0", "127.0.0.1", 0)]
    [DataRow("0.0.0.0:65535", "0.0.0.0", 65535)]
    public void Address_Valid_Reads(string text, string address, int port)
    {
        Assert.IsTrue(ListenAddress.TryParse(text, out ListenAddress? value));
        Assert.AreEqual(IPAddress.Parse(address), value.Address);
        Assert.AreEqual(port, value.Port);
    }

    [TestMethod]
    [DataRow("6379")]
    [DataRow(":6379")]
    [DataRow("127.0.0.1")]
    [DataRow("127.0.0.1:65536")]
    [DataRow("127.0.0.1:-1")]
    [DataRow("example.org:6379")]
    [DataRow("")]
    public void Address_Invalid_IsRefused(string text) => Assert.IsFalse(ListenAddress.TryParse(text, out _));

    [TestMethod]
    [DataRow("25%", 250)]
    [DataRow("1kb", 1024)]
    public void Memory_ShareOrSize_IsTakenOfTheMachine(string text, int expected)
    {
        Assert.IsTrue(MemorySize.TryParse(text, out MemorySize size));
        Assert.AreEqual(expected, size.On(1000));
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("0%")]
    [DataRow("91%")]
    [DataRow("much")]
    public void Memory_OutOfRange_IsRefused(string text) => Assert.IsFalse(MemorySize.TryParse(text, out _));

    [TestMethod]
    [DataRow("storag", "; did you mean \"storage\"?")]
    [DataRow("STORAGE", "; did you mean \"storage\"?")]
    [DataRow("sets", "")]
    public void NearestName_OnlyWhatIsNear_IsSuggested(string name, string expected) =>
        Assert.AreEqual(expected, NearestName.Suggest(name, ["storage", "keys"]));
}
