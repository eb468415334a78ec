using System.Globalization;
using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Diagnostics;

[TestClass]
public sealed class MemoryTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _client = s_node!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_node = await AclNode.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestCleanup]
    public void Disconnect() => _client.Dispose();

    [TestMethod]
    public void Usage_Value_CountsWithItsSize()
    {
        _client.Run("SET small v");
        _client.RunArguments("SET", "large", new string('v', 100_000));
        _client.Run("SADD set " + string.Join(' ', Enumerable.Range(0, 1000)));
        long small = Usage("small");
        Assert.IsTrue(small is > 0 and < 1000);
        Assert.AreEqual(small + 100_000, Usage("large"), 200);
        Assert.IsGreaterThan(1000 * 20, Usage("set"));
        Assert.AreEqual(Usage("set"), Usage("set SAMPLES 0"));
        Assert.AreEqual(Replies.Nil, _client.Run("MEMORY USAGE absent"));
    }

    [TestMethod]
    [DataRow("MEMORY USAGE k SAMPLES", "-ERR syntax error")]
    [DataRow("MEMORY USAGE k SAMPLES -1", "-ERR syntax error")]
    [DataRow("MEMORY USAGE k SAMPLES x", "-ERR value is not an integer or out of range")]
    [DataRow("MEMORY USAGE k FOO 1", "-ERR syntax error")]
    [DataRow("MEMORY USAGE", "-ERR wrong number of arguments for 'memory|usage' command")]
    [DataRow("MEMORY PURGE", "+OK")]
    public void Memory_Options_AreCheckedAsByRedis(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    public void Stats_Figures_AreThere()
    {
        _client.Run("SET k v");
        string text = _client.Run("MEMORY STATS");
        foreach (string name in new[] { "peak.allocated", "total.allocated", "keys.count", "dataset.bytes" })
        {
            Assert.Contains($"\r\n{name}\r\n:", text);
        }

        Assert.Contains("heap_bytes:", _client.Run("MEMORY MALLOC-STATS"));
        Assert.Contains("memory", _client.Run("MEMORY DOCTOR"));
    }

    private long Usage(string key) =>
        long.Parse(_client.Run("MEMORY USAGE " + key)[1..^2], CultureInfo.InvariantCulture);
}
