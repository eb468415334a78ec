using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Protocol;

/// <summary>Bytes that are no commands: Redis's own error, byte for byte, and the connection is closed.</summary>
[TestClass]
public sealed class ProtocolErrorTests
{
    private static TemporaryDirectory? _data;
    private static NodeProcess? _node;

    private static NodeProcess Node => _node!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _)
    {
        _data = new TemporaryDirectory();
        _node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = _data.Path, Storage = "memory" });
    }

    [ClassCleanup]
    public static void Stop()
    {
        _node?.Dispose();
        _data?.Dispose();
    }

    [TestMethod]
    [DataRow("*2147483648\r\n", "invalid multibulk length")]
    [DataRow("*9223372036854775808\r\n", "invalid multibulk length")]
    [DataRow("*x\r\n", "invalid multibulk length")]
    [DataRow("*1\r\nPING\r\n", "expected '$', got 'P'")]
    [DataRow("*1\r\n$-1\r\n", "invalid bulk length")]
    [DataRow("*1\r\n$x\r\n", "invalid bulk length")]
    [DataRow("*1\r\n$1000000000000\r\n", "invalid bulk length")]
    [DataRow("*1\r\n$536870913\r\n", "invalid bulk length")]
    [DataRow("SET \"unbalanced\r\n", "unbalanced quotes in request")]
    [Timeout(30_000)]
    public void Malformed_AnsweredAsRedisDoes_AndClosed(string sent, string error)
    {
        using RespClient client = Node.Connect();

        client.Send(System.Text.Encoding.Latin1.GetBytes(sent));

        Assert.AreEqual($"-ERR Protocol error: {error}\r\n", client.ReadToEnd());
        AssertServes();
    }

    [TestMethod]
    [Timeout(30_000)]
    public void InlineWithoutEnd_IsRefusedAtItsBound()
    {
        using RespClient client = Node.Connect();

        client.Send(System.Text.Encoding.Latin1.GetBytes(new string('x', 70_000)));

        Assert.AreEqual("-ERR Protocol error: too big inline request\r\n", client.ReadToEnd());
        AssertServes();
    }

    [TestMethod]
    [DataRow("*0\r\n*-1\r\n\r\nPING\r\n", "+PONG\r\n", DisplayName = "empty commands are skipped")]
    [DataRow("*1\r\n$4\r\nPING\r\nPING x\r\n", "+PONG\r\n$1\r\nx\r\n", DisplayName = "inline after an array")]
    [DataRow("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$0\r\n\r\nGET a\r\n", "+OK\r\n$0\r\n\r\n", DisplayName = "empty value")]
    [DataRow("GET no:such:key\r\n", "$-1\r\n", DisplayName = "null")]
    [DataRow("NOSUCH a b\r\n", "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' \r\n")]
    [DataRow("GET\r\n", "-ERR wrong number of arguments for 'get' command\r\n")]
    [DataRow("SET q \"a\\x41\\n\"\r\nGET q\r\n", "+OK\r\n$3\r\naA\n\r\n", DisplayName = "inline quotes")]
    [Timeout(30_000)]
    public void WellFormed_AnsweredByteForByte(string sent, string expected)
    {
        using RespClient client = Node.Connect();

        Assert.AreEqual(expected, client.Exchange(sent, expected.Length));
    }

    [TestMethod]
    [Timeout(30_000)]
    public void Hello3_ThenNull_IsTheNullOfResp3()
    {
        using RespClient client = Node.Connect();

        RespReply hello = client.Call("HELLO", "3");

        Assert.AreEqual('%', hello.Kind, hello.ToString());
        Assert.AreEqual("_\r\n", client.Exchange("GET no:such:key\r\n", 3));
    }

    /// <summary>A bulk announced at its full length must not be paid for before it arrives.</summary>
    [TestMethod]
    [Timeout(30_000)]
    public void HugeLengthsAnnounced_TakeNoMemory()
    {
        long before = ServerFigures.AnonymousBytes(Node);
        RespClient[] clients = [.. Enumerable.Range(0, 50).Select(_ => Node.Connect())];
        foreach (RespClient client in clients)
        {
            client.Send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nabc"u8);
        }

        AssertServes();
        long grown = ServerFigures.AnonymousBytes(Node) - before;
        Array.ForEach(clients, client => client.Abort());

        Assert.IsLessThan(200L * 1024 * 1024, grown);
    }

    private static void AssertServes()
    {
        using RespClient client = Node.Connect();
        Assert.AreEqual("+PONG", SampleData.Answer(client.Call("PING")));
    }
}
