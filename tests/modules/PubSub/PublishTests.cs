using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.PubSub;

[TestClass]
public sealed class PublishTests : PubSubCommandTests
{
    [TestMethod]
    public void Publish_Listeners_AreCountedAndGetIt()
    {
        KeyspaceConnection other = Keyspace.Connect();
        other.ProtocolVersion = 3;
        other.Run("SUBSCRIBE a");
        Listener.Run("SUBSCRIBE a");
        Expect(":2\r\n", "PUBLISH a hello");
        Assert.AreEqual(Message("message", "a", "hello"), Listener.TakePushes());
        Assert.AreEqual(Pushed(Message("message", "a", "hello")), other.TakePushes());
    }

    [TestMethod]
    public void Publish_Nobody_IsZero() => Expect(":0\r\n", "PUBLISH a x");

    [TestMethod]
    public void Publish_ByAListener_ReachesItself()
    {
        Listener.ProtocolVersion = 3;
        Listener.Run("SUBSCRIBE a");
        Assert.AreEqual(":1\r\n", Listener.Run("PUBLISH a x"));
        Assert.AreEqual(Pushed(Message("message", "a", "x")), Listener.TakePushes());
    }

    [TestMethod]
    public void Publish_ManyMessages_ArriveInOrder()
    {
        Listener.Run("SUBSCRIBE a");
        string expected = "";
        for (int i = 0; i < 100; i++)
        {
            Run($"PUBLISH a {i}");
            expected += Message("message", "a", $"{i}");
        }

        Assert.AreEqual(expected, Listener.TakePushes());
    }

    [TestMethod]
    public void Publish_InATransaction_ComesWithItsCommit()
    {
        Listener.Run("SUBSCRIBE a");
        var transaction = new Transaction();
        Add(transaction, "SET", "k", "v");
        Add(transaction, "PUBLISH", "a", "x");
        Add(transaction, "PUBSUB", "NUMSUB", "a");
        var writer = new RespWriter();
        Keyspace.Connection.InTransaction = true;
        Assert.AreEqual(
            ExecuteOutcome.Done,
            Keyspace.Keyspace.Execute(transaction, Keyspace.Connection, writer, Keyspace.Connection.Ticket));
        Assert.AreEqual(
            Resp.Array(Resp.Ok, Resp.Integer(1), Resp.Array(Resp.Bulk("a"), Resp.Integer(1))),
            System.Text.Encoding.Latin1.GetString(writer.Written));
        Assert.AreEqual(Message("message", "a", "x"), Listener.TakePushes());
    }

    [TestMethod]
    public async Task Publish_InATransactionThatWaitsForData_IsPublishedOnce()
    {
        Given("SET k v");
        await Keyspace.ReopenAsync();
        KeyspaceConnection listener = Keyspace.Connect();
        listener.Run("SUBSCRIBE a");
        var transaction = new Transaction();
        Add(transaction, "PUBLISH", "a", "x");
        Add(transaction, "GET", "k");
        var writer = new RespWriter();
        KeyspaceConnection client = Keyspace.Connection;
        client.InTransaction = true;
        Assert.AreEqual(
            ExecuteOutcome.Parked, Keyspace.Keyspace.Execute(transaction, client, writer, client.Ticket));
        Assert.AreEqual("", listener.TakePushes());
        await client.Ticket.WhenReady();
        Assert.AreEqual(ExecuteOutcome.Done, Keyspace.Keyspace.Execute(transaction, client, writer, client.Ticket));
        Assert.AreEqual(
            Resp.Array(Resp.Integer(1), Resp.Bulk("v")), System.Text.Encoding.Latin1.GetString(writer.Written));
        Assert.AreEqual(Message("message", "a", "x"), listener.TakePushes());
    }

    private void Add(Transaction transaction, params string[] args)
    {
        CommandSpec command = Keyspace.Modules.Find(args)!;
        byte[][] bytes = CommandLine.ToBytes(args);
        int at = 0;
        transaction.Add(command, new CommandArgs(
            [.. bytes.SelectMany(arg => arg)],
            [.. bytes.Select(arg => new ArgumentRange((at += arg.Length) - arg.Length, arg.Length))]));
    }
}
