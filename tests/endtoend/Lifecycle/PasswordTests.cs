using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Lifecycle;

/// <summary>A node with a password.</summary>
[TestClass]
public sealed class PasswordTests
{
    [TestMethod]
    [Timeout(30_000)]
    public async Task Password_IsAskedForAndNeverShown()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Path, Password = "s3cret" });
        using RespClient client = node.Connect();

        Assert.AreEqual("NOAUTH Authentication required.", client.Call("GET", "a").Text);
        Assert.StartsWith("WRONGPASS ", client.Call("AUTH", "wrong").Text);
        Assert.AreEqual("+OK", SampleData.Answer(client.Call("AUTH", "s3cret")));
        Assert.AreEqual("+OK", SampleData.Answer(client.Call("SET", "a", "1")));
        Assert.DoesNotContain("s3cret", node.Log);
    }

    /// <summary>Before the password, a stranger cannot make the node hold much.</summary>
    [TestMethod]
    [DataRow("*11\r\n", "unauthenticated multibulk length")]
    [DataRow("*1\r\n$16385\r\n", "unauthenticated bulk length")]
    [Timeout(30_000)]
    public async Task Stranger_SendingMuch_IsCutOff(string sent, string error)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Path, Password = "s3cret" });
        using RespClient client = node.Connect();

        client.Send(System.Text.Encoding.Latin1.GetBytes(sent));

        Assert.AreEqual($"-ERR Protocol error: {error}\r\n", client.ReadToEnd());
    }
}
