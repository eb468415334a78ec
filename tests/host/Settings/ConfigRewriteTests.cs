using Marekvs.Host.Settings;
using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Settings;

[TestClass]
public sealed class ConfigRewriteTests
{
    [TestMethod]
    public async Task Rewrite_EveryParameterThatCanBeSet_IsReadBack()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        (string Name, string Value)[] set =
        [
            ("maxclients", "50000"), ("timeout", "77"), ("proto-max-bulk-len", "2mb"),
            ("client-query-buffer-limit", "3mb"), ("client-output-buffer-limit", "normal 1mb 2kb 3"),
            ("protected-mode", "no"), ("requirepass", "\"secret\" \\ u"), ("acllog-max-len", "9"),
            ("acl-pubsub-default", "allchannels"), ("maxmemory", "100mb"), ("notify-keyspace-events", "KEA"),
            ("slowlog-log-slower-than", "-1"), ("slowlog-max-len", "5"), ("latency-monitor-threshold", "12"),
            ("latency-tracking", "no"), ("latency-tracking-info-percentiles", "10 20.5"), ("loglevel", "warning"),
        ];
        Assert.AreEqual(Replies.Ok, client.RunArguments(
            ["CONFIG", "SET", .. set.SelectMany(pair => new[] { pair.Name, pair.Value })]));
        Assert.AreEqual(Replies.Ok, client.Run("CONFIG REWRITE"));

        NodeSettings read = Read(node);
        Assert.AreEqual(50_000, read.Get(SettingTable.ClientsMax));
        Assert.AreEqual(77, read.Get(SettingTable.IdleSeconds));
        Assert.AreEqual(2L << 20, read.Get(SettingTable.BulkBytesMax));
        Assert.AreEqual(3L << 20, read.Get(SettingTable.QueryBufferMax));
        Assert.AreEqual(new OutputLimit(1 << 20, 2 << 10, 3), read.Get(SettingTable.OutputBytesMax).Normal);
        Assert.IsFalse(read.Get(SettingTable.ProtectedMode));
        Assert.AreEqual("\"secret\" \\ u", read.Get(SettingTable.Password));
        Assert.AreEqual(9, read.Get(SettingTable.AclLogLength));
        Assert.IsTrue(read.Get(SettingTable.AllowsChannelsAtFirst));
        Assert.AreEqual(100L << 20, read.MemoryMax);
        Assert.AreEqual("AKE", EventLetters.Format(read.Get(SettingTable.Events)));
        Assert.AreEqual(-1, read.Get(SettingTable.SlowMicroseconds));
        Assert.AreEqual(5, read.Get(SettingTable.SlowLogLength));
        Assert.AreEqual(12, read.Get(SettingTable.LongMilliseconds));
        Assert.IsFalse(read.Get(SettingTable.CountsDurations));
        CollectionAssert.AreEqual(new[] { 10, 20.5 }, read.Get(SettingTable.Percentiles).ToArray());
        Assert.AreEqual(Microsoft.Extensions.Logging.LogLevel.Warning, read.Get(SettingTable.LogFrom));
        CollectionAssert.AreEqual(AclNode.Modules, read.Get(SettingTable.Modules).ToArray());
    }

    [TestMethod]
    public async Task Rewrite_NothingChanged_LeavesTheFileAsItIs()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        byte[] before = File.ReadAllBytes(node.ConfigFile);
        client.Run("CONFIG SET save \"\"");
        Assert.AreEqual(Replies.Ok, client.Run("CONFIG REWRITE"));
        CollectionAssert.AreEqual(before, File.ReadAllBytes(node.ConfigFile));
        Assert.IsFalse(File.Exists(node.ConfigFile + ".new"));
    }

    [TestMethod]
    public async Task RewriteForceAll_WhatWasNotChanged_IsWrittenToo()
    {
        await using TestNode node = await AclNode.StartAsync(("MAREKVS_ENABLE_DEBUG_COMMAND", "yes"));
        using RedisConnection client = node.Connect();
        Assert.AreEqual(Replies.Ok, client.Run("DEBUG CONFIG-REWRITE-FORCE-ALL"));
        string text = File.ReadAllText(node.ConfigFile);
        Assert.Contains("\"slowlogMicroseconds\": 10000", text);
        Assert.Contains("\"latencyPercentiles\": \"50 99 99.9\"", text);
        Assert.AreEqual(10_000, Read(node).Get(SettingTable.ClientsMax));
    }

    [TestMethod]
    public async Task Rewrite_Users_AreReadBackWithTheirRules()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        client.Run("ACL SETUSER alice on >secret ~cache:* +@read");
        Assert.AreEqual(Replies.Ok, client.Run("CONFIG REWRITE"));

        string[] lines = [.. Read(node).Get(SettingTable.Users)];
        Assert.HasCount(2, lines);
        Assert.StartsWith("alice on ", lines[0]);
        Assert.Contains("~cache:*", lines[0]);
        Assert.DoesNotContain("secret", lines[0]);
    }

    [TestMethod]
    public async Task Rewrite_NoFile_SaysSo()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        File.Delete(node.ConfigFile);
        client.Run("CONFIG SET timeout 5");
        Assert.AreEqual("-ERR The server is running without a config file\r\n", client.Run("CONFIG REWRITE"));
    }

    [TestMethod]
    public async Task Rewrite_FileIsNoJsonAnyMore_SaysSoAndLeavesIt()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        File.WriteAllText(node.ConfigFile, "{ \"modules\": ");
        client.Run("CONFIG SET timeout 5");
        Assert.StartsWith("-ERR Rewriting config file: ", client.Run("CONFIG REWRITE"));
        Assert.AreEqual("{ \"modules\": ", File.ReadAllText(node.ConfigFile));
    }

    private static NodeSettings Read(TestNode node)
    {
        List<string> mistakes = [];
        NodeSettings read = SettingsReader.Read(node.ConfigFile, new Dictionary<string, string>(), mistakes);
        Assert.IsEmpty(mistakes, string.Join('\n', mistakes));
        return read;
    }
}
