using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Diagnostics;

/// <summary>LATENCY and what INFO tells of it, over a socket of a whole node.</summary>
[TestClass]
public sealed class LatencyCommandTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _client = s_node!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) =>
        s_node = await AclNode.StartAsync(("MAREKVS_ENABLE_DEBUG_COMMAND", "local"));

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestCleanup]
    public void Disconnect() => _client.Dispose();

    [TestMethod]
    public void Events_LongCommand_IsTold()
    {
        _client.Run("LATENCY RESET");
        _client.Run("CONFIG SET latency-monitor-threshold 10");
        _client.Run("DEBUG SLEEP 0.02");

        // On a busy machine the commands around it may take as long, but not so long.
        _client.Run("CONFIG SET latency-monitor-threshold 3600000");
        string latest = _client.Run("LATENCY LATEST");
        string[] words = latest[latest.IndexOf("$7\r\ncommand", StringComparison.Ordinal)..].Split("\r\n");

        Assert.IsTrue(long.Parse(words[4][1..], null) >= 20, latest);
        Assert.EndsWith($"*2\r\n{words[2]}\r\n{words[3]}\r\n", _client.Run("LATENCY HISTORY command"));
        Assert.Contains("command - high ", _client.Run("LATENCY GRAPH command"));
        Assert.Contains(". command: ", _client.Run("LATENCY DOCTOR"));
        Assert.AreEqual(":0\r\n", _client.Run("LATENCY RESET nosuch"));
        Assert.AreEqual(":1\r\n", _client.Run("LATENCY RESET command"));
        Assert.AreEqual("*0\r\n", _client.Run("LATENCY HISTORY command"));
        _client.Run("CONFIG SET latency-monitor-threshold 0");
    }

    [TestMethod]
    [DataRow("LATENCY HISTORY nosuch", "*0")]
    [DataRow("LATENCY GRAPH nosuch", "-ERR No samples available for event 'nosuch'")]
    [DataRow("LATENCY HELP x", "-ERR wrong number of arguments for 'latency|help' command")]
    [DataRow("LATENCY HISTOGRAM nosuch", "*0")]
    [DataRow("CONFIG SET latency-tracking-info-percentiles \"10 x\"",
        "-ERR CONFIG SET failed (possibly related to argument 'latency-tracking-info-percentiles') - " +
        "Invalid latency-tracking-info-percentiles parameters")]
    [DataRow("CONFIG SET latency-tracking-info-percentiles \"10 101\"",
        "-ERR CONFIG SET failed (possibly related to argument 'latency-tracking-info-percentiles') - " +
        "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")]
    public void Latency_Unknown_AnswersAsRedis(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    public void Histogram_Commands_AreThoseThatRan()
    {
        _client.Run("CONFIG RESETSTAT");
        Assert.StartsWith("*2\r\n$16\r\nconfig|resetstat\r\n*4\r\n$5\r\ncalls\r\n:1\r\n", _client.Run("LATENCY HISTOGRAM"));
        _client.Run("SET a 1");
        _client.Run("SET a 2");
        _client.Run("CLIENT ID");
        _client.Run("CLIENT GETNAME");
        Assert.StartsWith(
            "*2\r\n$3\r\nset\r\n*4\r\n$5\r\ncalls\r\n:2\r\n$14\r\nhistogram_usec\r\n",
            _client.Run("LATENCY HISTOGRAM set get nosuch"));
        string both = _client.Run("LATENCY HISTOGRAM client");
        Assert.StartsWith("*4\r\n", both);
        Assert.Contains("client|id", both);
        Assert.Contains("client|getname", both);
        Assert.StartsWith("*2\r\n$9\r\nclient|id\r\n", _client.Run("LATENCY HISTOGRAM client|id"));
    }

    [TestMethod]
    public void Info_Latencystats_ShowsThePercentilesAskedFor()
    {
        _client.Run("CONFIG RESETSTAT");
        Assert.AreEqual(
            Replies.Ok, _client.RunArguments("CONFIG", "SET", "latency-tracking-info-percentiles", "0.0 50.0 100.0"));
        Assert.Contains("\r\n8\r\n", _client.Run("CONFIG GET latency-tracking-info-percentiles")
            .Replace("0 50 100", "8", StringComparison.Ordinal));
        _client.Run("SET a 1");
        string info = _client.Run("INFO latencystats");
        Assert.Contains("# Latencystats\r\n", info);
        Assert.MatchesRegex(@"latency_percentiles_usec_set:p0=\d+\.\d{3},p50=\d+\.\d{3},p100=\d+\.\d{3}\r\n", info);

        _client.Run("CONFIG SET latency-tracking no");
        _client.Run("CONFIG RESETSTAT");
        _client.Run("SET a 1");
        Assert.DoesNotContain("usec_set:", _client.Run("INFO latencystats"));
        _client.RunArguments(
            "CONFIG", "SET", "latency-tracking", "yes", "latency-tracking-info-percentiles", "50 99 99.9");
    }

    [TestMethod]
    public async Task Metrics_Commands_ShowTheirLatencies()
    {
        _client.Run("SET a 1");
        string metrics = await s_node!.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.MatchesRegex("marekvs_command_latency_seconds\\{command=\"set\",quantile=\"0.99\"\\} [0-9.e-]+\n", metrics);
        Assert.Contains("marekvs_slow_calls_total ", metrics);
    }

    [TestMethod]
    public void Info_Commandstats_TellRanAndRefusedApart()
    {
        _client.Run("CONFIG RESETSTAT");
        _client.Run("MULTI");
        _client.Run("SET a");
        _client.Run("EXEC");
        _client.Run("EXEC");
        string info = _client.Run("INFO all");

        Assert.MatchesRegex("cmdstat_set:calls=0,.*,rejected_calls=1,failed_calls=0\r\n", info);
        Assert.MatchesRegex("cmdstat_exec:calls=2,.*,rejected_calls=0,failed_calls=2\r\n", info);
        Assert.Contains("errorstat_EXECABORT:count=1\r\n", info);
        Assert.Contains("errorstat_ERR:count=2\r\n", info);
    }
}
