using Marekvs.Host.Settings;
using Marekvs.Storage.Engine;
using Marekvs.Testing;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Tests.Settings;

[TestClass]
public sealed class SettingsReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _mistakes = [];

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public void Read_EmptyObject_GivesDefaults()
    {
        NodeSettings settings = Read("{}");

        AssertNoMistakes();
        Assert.AreEqual("127.0.0.1:6379", settings.Get(SettingTable.RespAddress).ToString());
        Assert.AreEqual("127.0.0.1:9121", settings.Get(SettingTable.HttpAddress).ToString());
        Assert.AreEqual("rocksdb", settings.Storage.Name);
        Assert.AreEqual("standalone", settings.Cluster.Name);
        Assert.AreEqual(SyncMode.Interval, settings.Get(SettingTable.Sync));
        Assert.AreEqual(LogLevel.Information, settings.Get(SettingTable.LogFrom));
        Assert.IsEmpty(settings.Get(SettingTable.Modules));
    }

    [TestMethod]
    public void Read_File_OverridesDefaults()
    {
        NodeSettings settings = Read("""
            {
              // People write this file: comments and a last comma are fine.
              "modules": ["keys", "sets"],
              "storage": { "provider": "memory", "settings": { "maxRows": 10, "path": "x", "fast": true } },
              "node": { "id": 7, "shards": 3, "logLevel": "Warning" },
              "listen": { "resp": "*:7000", "protectedMode": false },
              "journal": { "sync": "always", "segment": "16mb", "checkpoint": 1000000 },
              "memory": { "max": "2gb", },
            }
            """);

        AssertNoMistakes();
        CollectionAssert.AreEqual(new[] { "keys", "sets" }, settings.Get(SettingTable.Modules).ToArray());
        Assert.AreEqual(7, settings.Get(SettingTable.NodeId));
        Assert.AreEqual(3, settings.Shards);
        Assert.AreEqual(LogLevel.Warning, settings.Get(SettingTable.LogFrom));
        Assert.IsNull(settings.Get(SettingTable.RespAddress).Address);
        Assert.IsFalse(settings.Get(SettingTable.ProtectedMode));
        Assert.AreEqual(SyncMode.Always, settings.Get(SettingTable.Sync));
        Assert.AreEqual(16L << 20, settings.Get(SettingTable.SegmentBytes));
        Assert.AreEqual(1_000_000, settings.Get(SettingTable.CheckpointBytes));
        Assert.AreEqual(2L << 30, settings.MemoryMax);
        Assert.AreEqual("maxRows=10 path=x fast=true",
            string.Join(' ', settings.Storage.Given.Select(g => $"{g.Name}={g.Value}")));
    }

    [TestMethod]
    public void Read_Environment_OverridesTheFile()
    {
        NodeSettings settings = Read(
            """{ "modules": ["keys"], "node": { "id": 7 }, "storage": { "settings": { "blockCache": "1mb" } } }""",
            ("MAREKVS_MODULES", "keys, sets"), ("MAREKVS_NODE_ID", "9"), ("MAREKVS_STORAGE_BLOCK_CACHE", "2mb"),
            ("PATH", "ignored"));

        AssertNoMistakes();
        CollectionAssert.AreEqual(new[] { "keys", "sets" }, settings.Get(SettingTable.Modules).ToArray());
        Assert.AreEqual(9, settings.Get(SettingTable.NodeId));
        Assert.AreEqual("2mb", settings.Storage.Given.Single().Value);
        Assert.AreEqual("MAREKVS_STORAGE_BLOCK_CACHE", settings.Storage.Given.Single().Source);
    }

    [TestMethod]
    public void Read_ManyMistakes_AreAllReportedWithTheirPlaces()
    {
        Read(
            """
            { "module": ["keys"], "node": { "id": "seven", "shard": 2 }, "listen": "6379",
              "journal": { "sync": "sometimes", "segment": "1kb" }, "storage": { "settings": { "a": {} } } }
            """,
            ("MAREKVS_HTTP_ADDR", "9121"), ("MAREKVS_MEMORY_MAX", "200%"));

        CollectionAssert.AreEquivalent(
            new[]
            {
                "modules.json: module is unknown; did you mean \"modules\"?",
                "modules.json: node.id is \"seven\", which is not a whole number from 1 to 65535",
                "modules.json: node.shard is unknown; did you mean \"node.shards\"?",
                "modules.json: listen must be an object { ... }",
                "modules.json: journal.sync is \"sometimes\", which is not one of interval, always, no",
                "modules.json: storage.settings.a must be a text, a number, true, false or a list of texts",
                "MAREKVS_HTTP_ADDR is \"9121\", which is not an address such as 127.0.0.1:6379, [::1]:6379, " +
                    "localhost:6379 or *:6379",
                "MAREKVS_MEMORY_MAX is \"200%\", which is not a size such as 2gb, or a share of the machine such as " +
                    "25%",
                "journal.segment must be from 1mb to 1gb",
            },
            _mistakes);
    }

    [TestMethod]
    [DataRow("""{ "node": { "id": "1" } }""", "node.id is \"1\"")]
    [DataRow("""{ "modules": "keys" }""", "modules is \"keys\"")]
    [DataRow("""{ "modules": ["keys", 1] }""", "modules is [\"keys\", 1]")]
    [DataRow("""{ "listen": { "protectedMode": "yes" } }""", "listen.protectedMode is \"yes\"")]
    [DataRow("""{ "listen": { "protectedMode": 1 } }""", "listen.protectedMode is 1")]
    [DataRow("""{ "node": { "id": 1.5 } }""", "node.id is \"1.5\"")]
    [DataRow("""{ "node": { "id": null } }""", "node.id is null")]
    [DataRow("""{ "modules": ["keys", "Keys"] }""", "which is not a list of names")]
    public void Read_WrongType_IsAMistake(string json, string expected)
    {
        Read(json);

        Assert.Contains(expected, _mistakes.Single());
    }

    [TestMethod]
    [DataRow("{")]
    [DataRow("""{ "node": {}, "node": {} }""")]
    [DataRow("")]
    public void Read_NoJson_SaysWhichFile(string text)
    {
        Read(text);

        Assert.Contains("modules.json is not valid JSON", _mistakes.Single());
    }

    [TestMethod]
    public void Read_NoFile_SaysHowToNameOne()
    {
        SettingsReader.Read(_directory.Combine("absent.json"), new Dictionary<string, string>(), _mistakes);

        Assert.Contains("MAREKVS_CONFIG", _mistakes.Single());
    }

    [TestMethod]
    public void Read_WrongPassword_IsNeverShown()
    {
        Read("""{ "listen": { "password": 12345 } }""");

        Assert.DoesNotContain("12345", _mistakes.Single());
    }

    private NodeSettings Read(string json, params (string Name, string Value)[] environment)
    {
        string file = _directory.Combine("modules.json");
        File.WriteAllText(file, json);
        return SettingsReader.Read(file, environment.ToDictionary(v => v.Name, v => v.Value), _mistakes);
    }

    private void AssertNoMistakes() => Assert.IsEmpty(_mistakes, string.Join('\n', _mistakes));
}
