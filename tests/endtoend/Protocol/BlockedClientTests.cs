using Marekvs.EndToEnd.Processes;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Protocol;

/// <summary>Clients that wait for elements, over real connections: served in turn, and gone without a trace.</summary>
[TestClass]
public sealed class BlockedClientTests
{
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(10);

    private static TemporaryDirectory? _data;
    private static NodeProcess? _node;

    private RespClient _observer = null!;

    private static NodeProcess Node => _node!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _)
    {
        _data = new TemporaryDirectory();
        _node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = _data.Path });
    }

    [ClassCleanup]
    public static void Stop()
    {
        _node?.Dispose();
        _data?.Dispose();
    }

    [TestInitialize]
    public void Begin()
    {
        _observer = Node.Connect();
        _observer.Call("FLUSHALL");
    }

    [TestCleanup]
    public async Task End()
    {
        await ExpectBlockedAsync(0);
        _observer.Dispose();
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiters_OfOneKey_AreServedInTheOrderTheyCame()
    {
        const int Clients = 20;
        var clients = new List<RespClient>();
        for (int i = 0; i < Clients; i++)
        {
            RespClient client = Node.Connect();
            clients.Add(client);
            client.Send("BLPOP", "queue", "0");
            await ExpectBlockedAsync(i + 1);
        }

        _observer.Call(["RPUSH", "queue", .. Enumerable.Range(0, Clients).Select(i => $"job-{i}")]);
        for (int i = 0; i < Clients; i++)
        {
            Assert.AreEqual("queue job-" + i, Words(clients[i].Read()));
            clients[i].Dispose();
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiter_OfManyKeys_IsServedByTheFirstThatHasSomething()
    {
        using RespClient client = Node.Connect();
        client.Send("BLPOP", "a", "b", "c", "0");
        await ExpectBlockedAsync(1);
        _observer.Call("MULTI");
        _observer.Call("RPUSH", "b", "2");
        _observer.Call("RPUSH", "c", "3");
        _observer.Call("EXEC");
        Assert.AreEqual("b 2", Words(client.Read()));
        Assert.AreEqual(1, _observer.Call("LLEN", "c").Integer);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiters_InAChain_PassAnElementOn()
    {
        using RespClient first = Node.Connect();
        using RespClient second = Node.Connect();
        second.Send("BLPOP", "there", "0");
        first.Send("BLMOVE", "here", "there", "LEFT", "RIGHT", "0");
        await ExpectBlockedAsync(2);
        _observer.Call("RPUSH", "here", "element");
        Assert.AreEqual("element", first.Read().Text);
        Assert.AreEqual("there element", Words(second.Read()));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiter_ThatVanished_TakesNothing()
    {
        RespClient vanishing = Node.Connect();
        vanishing.Send("BLPOP", "queue", "0");
        using RespClient patient = Node.Connect();
        await ExpectBlockedAsync(1);
        patient.Send("BLPOP", "queue", "0");
        await ExpectBlockedAsync(2);
        vanishing.Abort();
        await ExpectBlockedAsync(1);
        _observer.Call("RPUSH", "queue", "job");
        Assert.AreEqual("queue job", Words(patient.Read()));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiter_Pipelined_AnswersWhatFollowsAfterwards()
    {
        using RespClient client = Node.Connect();
        client.Send(new CommandBuffer().Add("BLPOP", "queue", "0").Add("PING").Add("LLEN", "queue").Written);
        await ExpectBlockedAsync(1);
        _observer.Call("RPUSH", "queue", "one", "two");
        Assert.AreEqual("queue one", Words(client.Read()));
        Assert.AreEqual("PONG", client.Read().Text);
        Assert.AreEqual(1, client.Read().Integer);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Waiter_UnblockedOrKilled_IsAnsweredOrClosed()
    {
        using RespClient client = Node.Connect();
        long id = client.Call("CLIENT", "ID").Integer;
        client.Send("BZPOPMIN", "scores", "0");
        await ExpectBlockedAsync(1);
        Assert.AreEqual(1, _observer.Call("CLIENT", "UNBLOCK", $"{id}", "ERROR").Integer);
        Assert.StartsWith("UNBLOCKED ", client.Read().Text);
        client.Send("XREAD", "BLOCK", "0", "STREAMS", "stream", "$");
        await ExpectBlockedAsync(1);
        Assert.AreEqual(1, _observer.Call("CLIENT", "KILL", "ID", $"{id}").Integer);
        Assert.AreEqual("", client.ReadToEnd());
    }

    [TestMethod]
    [Timeout(60_000)]
    [DataRow("BLPOP", "k", "0.05")]
    [DataRow("BRPOPLPUSH", "k", "d", "0.05")]
    [DataRow("BLMPOP", "0.05", "1", "k", "LEFT")]
    [DataRow("BZMPOP", "0.05", "1", "k", "MIN")]
    [DataRow("XREAD", "BLOCK", "50", "STREAMS", "k", "$")]
    public void Waiter_WhoseTimeIsUp_GetsNothing(params string[] command)
    {
        using RespClient client = Node.Connect();
        Assert.IsNull(client.Call(command).TextOrNull);
        Assert.AreEqual("PONG", client.Call("PING").Text);
    }

    private static string Words(RespReply reply) => string.Join(' ', reply.Items.Select(item => item.Text));

    private Task ExpectBlockedAsync(int count) => Eventually.HoldsAsync(
        $"{count} blocked clients", SettleWithin,
        () => ServerFigures.InfoNumber(_observer, "blocked_clients") == count);
}
