using Marekvs.Testing;

namespace Marekvs.Host.Tests.Access;

[TestClass]
public sealed class AclLogTests
{
    [TestMethod]
    public async Task Log_Refusals_AreDescribed()
    {
        await using NodeRunner node = new();
        MemoryConnection client = await ConnectAsync(node);
        await client.AskAsync("bag.get q x", "-NOPERM No permissions to access a key\r\n");
        await client.AskAsync("probe.count", "-NOPERM User u has no permissions to run the 'probe.count' command\r\n");
        await client.AskAsync("Auth u no", "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
        node.Time.Advance(TimeSpan.FromMilliseconds(1500));
        string log = await node.ConverseAsync("acl log\r\n");
        string[] entries = log.Split("$5\r\ncount\r\n")[1..];
        Assert.HasCount(3, entries);
        AssertEntry(entries[0], "auth", "Auth", "u", "2");
        AssertEntry(entries[1], "command", "probe.count", "u", "1");
        AssertEntry(entries[2], "key", "q", "u", "0");
        Assert.Contains("age-seconds\r\n$3\r\n1.5\r\n", entries[0]);
        Assert.Contains("id=2 addr=127.0.0.1:40000 ", entries[2]);
        Assert.Contains(" cmd=bag.get user=u ", entries[2]);
        Assert.Contains("timestamp-created\r\n:1735689600000\r\n", entries[2]);
    }

    [TestMethod]
    public async Task Log_SameRefusalWithinAMinute_IsCounted()
    {
        await using NodeRunner node = new();
        MemoryConnection client = await ConnectAsync(node);
        const string Refusal = "-NOPERM No permissions to access a key\r\n";
        await client.AskAsync("bag.get q x", Refusal);
        node.Time.Advance(TimeSpan.FromSeconds(59));
        await client.AskAsync("bag.get r x", Refusal);
        await client.AskAsync("bag.get q x", Refusal);
        string log = await node.ConverseAsync("acl log 1\r\n");
        Assert.Contains("count\r\n:2\r\n", log);
        Assert.Contains("object\r\n$1\r\nq\r\n", log);
        Assert.DoesNotContain("object\r\n$1\r\nr\r\n", log);
        Assert.Contains("timestamp-created\r\n:1735689600000\r\n", log);
        Assert.Contains("timestamp-last-updated\r\n:1735689659000\r\n", log);
        node.Time.Advance(TimeSpan.FromSeconds(61));
        await client.AskAsync("bag.get q x", Refusal);
        Assert.StartsWith("*3\r\n", await node.ConverseAsync("acl log\r\n"));
    }

    [TestMethod]
    public async Task Log_Length_IsBounded()
    {
        await using NodeRunner node = new();
        node.Settings.AclLogLength = 2;
        MemoryConnection client = await ConnectAsync(node);
        foreach (string key in new[] { "a", "b", "c" })
        {
            await client.AskAsync($"bag.get {key} x", "-NOPERM No permissions to access a key\r\n");
        }

        string log = await node.ConverseAsync("acl log\r\n");
        Assert.StartsWith("*2\r\n", log);
        Assert.DoesNotContain("object\r\n$1\r\na\r\n", log);
        Assert.StartsWith("+OK\r\n*0\r\n", await node.ConverseAsync("acl log reset\r\nacl log\r\n"));
    }

    [TestMethod]
    public async Task Log_Resp3_IsMaps()
    {
        await using NodeRunner node = new();
        MemoryConnection client = await ConnectAsync(node);
        await client.AskAsync("bag.get q x", "-NOPERM No permissions to access a key\r\n");
        string log = await node.ConverseAsync("hello 3\r\nacl log\r\n");
        Assert.Contains("*1\r\n%10\r\n$5\r\ncount\r\n:1\r\n", log);
        Assert.Contains("age-seconds\r\n,0\r\n", log);
    }

    [TestMethod]
    public async Task Refusals_AreNotShownToMonitors_AndSecretsAreNot()
    {
        await using NodeRunner node = new();
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("monitor", "+OK\r\n");
        await node.ConverseAsync("acl setuser x >secret\r\nacl getuser x\r\nauth x secret\r\nacl whoami\r\n");
        string shown = await monitor.ReceiveUntilAsync("\"whoami\"\r\n");
        Assert.DoesNotContain("secret", shown);
        Assert.DoesNotContain("setuser", shown);
    }

    private static async Task<MemoryConnection> ConnectAsync(NodeRunner node)
    {
        Assert.AreEqual("+OK\r\n", await node.ConverseAsync("acl setuser u on >p +bag.get +auth +client ~k\r\n"));
        MemoryConnection client = node.Connect(new MemoryConnection());
        Assert.AreEqual("+OK\r\n", await client.AskAsync("auth u p", "+OK\r\n"));
        return client;
    }

    private static void AssertEntry(string entry, string reason, string subject, string user, string id)
    {
        Assert.StartsWith(":1\r\n", entry);
        Assert.Contains($"reason\r\n${reason.Length}\r\n{reason}\r\n", entry);
        Assert.Contains("context\r\n$8\r\ntoplevel\r\n", entry);
        Assert.Contains($"object\r\n${subject.Length}\r\n{subject}\r\n", entry);
        Assert.Contains($"username\r\n${user.Length}\r\n{user}\r\n", entry);
        Assert.Contains($"entry-id\r\n:{id}\r\n", entry);
    }
}
