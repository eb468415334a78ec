using System.Net;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Lifecycle;

/// <summary>What an orchestrator asks over HTTP.</summary>
[TestClass]
public sealed class HttpTests
{
    [TestMethod]
    [Timeout(30_000)]
    public async Task Endpoints_OfAServingNode_Answer()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        using HttpClient http = new() { BaseAddress = new Uri($"http://{node.Http}") };
        using RespClient client = node.Connect();
        SampleData.Write(client, 0, 10, 10);

        Assert.AreEqual(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await http.GetAsync("/ready")).StatusCode);
        string metrics = await http.GetStringAsync("/metrics");
        Assert.Contains("marekvs_", metrics);
        Assert.Contains("# TYPE ", metrics);
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task Drain_TurnsReadyOffAndKeepsServing()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        using HttpClient http = new() { BaseAddress = new Uri($"http://{node.Http}") };
        using RespClient client = node.Connect();

        HttpResponseMessage drain = await http.PostAsync("/drain", content: null);

        Assert.IsTrue(drain.IsSuccessStatusCode, drain.ToString());
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/ready")).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, (await http.GetAsync("/alive")).StatusCode);
        Assert.AreEqual("+PONG", SampleData.Answer(client.Call("PING")));
        Assert.AreEqual(0, await node.StopAsync());
    }
}
