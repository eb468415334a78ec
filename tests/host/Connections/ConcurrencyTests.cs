using Marekvs.Testing;

namespace Marekvs.Host.Tests.Connections;

/// <summary>Many clients at once that do everything that reaches across connections; the order of things is the
/// scheduler's, what must hold at the end is not.</summary>
[TestClass]
public sealed class ConcurrencyTests
{
    private const int Clients = 12;
    private const int Rounds = 150;

    [TestMethod]
    public async Task Serve_ClientsGetInEachOthersWay_NothingIsLeftOrLost()
    {
        await using NodeRunner node = new();
        Task[] all = [.. Enumerable.Range(0, Clients).Select(number => Task.Run(() => LiveAsync(node, number)))];
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.AreEqual(0, node.Statistics.HandlerFailures);
        Assert.AreEqual(0, node.Clients.Count);
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
        Assert.IsFalse(node.Clients.NeedsAttention);
        Assert.AreEqual("+PONG\r\n", await node.ConverseAsync("PING\r\n"));
    }

    private static async Task LiveAsync(NodeRunner node, int number)
    {
        Random random = new(number);
        for (int round = 0; round < Rounds; round++)
        {
            MemoryConnection client = node.Connect();
            string key = $"k{random.Next(5)}";
            string text = random.Next(8) switch
            {
                0 => $"PROBE.WAIT {key} 0\r\nPING\r\n",
                1 => $"BAG.PUT {key} n v\r\nBAG.REMOVE {key} n\r\n",
                2 => $"CLIENT KILL ID {random.Next(1, Clients * Rounds)}\r\nCLIENT LIST\r\n",
                3 => $"CLIENT UNBLOCK {random.Next(1, Clients * Rounds)} {(round % 2 == 0 ? "ERROR" : "TIMEOUT")}\r\n",
                4 => "MONITOR\r\nPING\r\nRESET\r\nPING\r\n",
                5 => $"MONITOR\r\nPROBE.WAIT {key} 0\r\n",
                6 => "CLIENT REPLY SKIP\r\nECHO a\r\nCLIENT NO-TOUCH ON\r\nPROBE.FILL 1000\r\n",
                _ => "ECHO 'split here ' x\r\nPING\r\nfoo\r\n",
            };
            int cut = random.Next(text.Length);
            await client.SendAsync(text[..cut]);
            await client.SendAsync(text[cut..]);
            client.Leave();
            await node.EndOf(client);
        }
    }
}
