using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Builtins;

[TestClass]
public sealed class WaitTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _client = s_node!.Connect();

    /// <summary>Nothing is synced unless somebody waits for it.</summary>
    [ClassInitialize]
    public static async Task StartAsync(TestContext context) =>
        s_node = await AclNode.StartAsync(("MAREKVS_SYNC", "no"));

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestCleanup]
    public void Disconnect() => _client.Dispose();

    [TestMethod]
    [DataRow("WAIT 0 0", ":0")]
    [DataRow("WAIT -1 0", ":0")]
    [DataRow("WAIT 1 5", ":0")]
    [DataRow("WAIT x 1", "-ERR value is not an integer or out of range")]
    [DataRow("WAIT 0 x", "-ERR timeout is not an integer or out of range")]
    [DataRow("WAIT 0 -1", "-ERR timeout is negative")]
    [DataRow("WAITAOF x 0 0", "-ERR value is not an integer or out of range")]
    [DataRow("WAITAOF 2 0 0", "-ERR value is out of range, value must between 0 and 1")]
    [DataRow("WAITAOF 0 -1 0", "-ERR value is out of range, must be positive")]
    [DataRow("WAITAOF 0 0 x", "-ERR timeout is not an integer or out of range")]
    public void Wait_Numbers_AnswersAsRedis(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    public void WaitAof_AfterAWrite_AnswersWhenItIsOnDisk()
    {
        Assert.AreEqual("*2\r\n:1\r\n:0\r\n", _client.Run("WAITAOF 1 0 0"));
        _client.Run("SET k v");
        Assert.AreEqual("*2\r\n:0\r\n:0\r\n", _client.Run("WAITAOF 0 0 0"));
        Assert.AreEqual("*2\r\n:1\r\n:0\r\n", _client.Run("WAITAOF 1 0 0"));
        Assert.AreEqual("*2\r\n:1\r\n:0\r\n", _client.Run("WAITAOF 0 0 0"));
        Assert.AreEqual("*2\r\n:1\r\n:0\r\n", _client.Run("WAITAOF 1 1 5"));
    }

    [TestMethod]
    public void Wait_InATransaction_DoesNotWait()
    {
        _client.Run("SET k u");
        _client.Run("MULTI");
        _client.Run("SET k v");
        _client.Run("WAIT 1 0");
        _client.Run("WAITAOF 0 1 0");
        Assert.AreEqual("*3\r\n+OK\r\n:0\r\n*2\r\n:0\r\n:0\r\n", _client.Run("EXEC"));
    }

    [TestMethod]
    public void Wait_ForEver_EndsWhenUnblocked()
    {
        using RedisConnection waiting = s_node!.Connect();
        string id = waiting.Run("CLIENT ID")[1..^2];
        waiting.Send("WAIT 1 0");
        while (_client.Run($"CLIENT UNBLOCK {id} TIMEOUT") == ":0\r\n")
        {
        }

        Assert.AreEqual(":0\r\n", waiting.ReadReply());
        waiting.Send("WAITAOF 0 1 0");
        while (_client.Run($"CLIENT UNBLOCK {id} ERROR") == ":0\r\n")
        {
        }

        Assert.AreEqual("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n", waiting.ReadReply());
        Assert.AreEqual("+PONG\r\n", waiting.Run("PING"));
    }

    [TestMethod]
    [DataRow("REPLICAOF NO ONE", "+OK")]
    [DataRow("SLAVEOF no one", "+OK")]
    [DataRow("FAILOVER", "-ERR FAILOVER requires connected replicas.")]
    [DataRow("FAILOVER ABORT", "-ERR No failover in progress.")]
    [DataRow("FAILOVER X", "-ERR syntax error")]
    [DataRow("SWAPDB 0 0", "+OK")]
    [DataRow("SWAPDB 0 1", "-ERR DB index is out of range")]
    [DataRow("SWAPDB x 1", "-ERR invalid first DB index")]
    [DataRow("SWAPDB 0 x", "-ERR invalid second DB index")]
    public void Replication_OfRedis_IsAnsweredAsByAMasterAlone(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    [DataRow("REPLICAOF 127.0.0.1 6379", "this server is nobody's replica")]
    [DataRow("PSYNC ? -1", "this server has no Redis replicas")]
    [DataRow("SYNC", "this server has no Redis replicas")]
    [DataRow("REPLCONF listening-port 1", "this server has no Redis replicas")]
    [DataRow("MODULE LOAD /tmp/x.so", "modules are chosen in modules.json")]
    [DataRow("MODULE UNLOAD x", "modules are chosen in modules.json")]
    public void Operator_WhatIsNotHere_IsToldWhatIs(string command, string words)
    {
        string answer = _client.Run(command);
        Assert.StartsWith("-ERR ", answer);
        Assert.Contains(words, answer);
    }

    [TestMethod]
    public void Lolwut_Picture_ShowsAllNodesInTheKnow()
    {
        string picture = _client.Run("LOLWUT VERSION 6 8 3");
        Assert.Contains("Marekvs ver. ", picture);
        Assert.StartsWith("-ERR value is not an integer", _client.Run("LOLWUT VERSION x"));
        Assert.AreEqual(Replies.NotInteger, _client.Run("LOLWUT x"));
    }
}
