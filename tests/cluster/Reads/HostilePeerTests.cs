using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Tests.Hostile;

namespace Marekvs.Cluster.Tests.Reads;

/// <summary>Who asks for keys, or is asked, and says what cannot be.</summary>
[TestClass]
public sealed class HostilePeerTests
{
    [TestMethod]
    public async Task Fetch_OfAKeyInAnotherPartition_IsRefused()
    {
        await using var sites = new Sites();
        byte[] fetch = new FetchMessage(1, FetchScope.Key, 0, new(0, "k"u8.ToArray())).Write();
        Assert.AreNotEqual(0, KeyAddress.PartitionOf("k"u8));
        Assert.IsNotNull(sites.First.Conversations.Receive(3, fetch, sites.Now));
    }

    [TestMethod]
    public async Task Questions_WithoutEnd_WhoseAnswersAreNotTaken_AreRefused()
    {
        await using var sites = new Sites(new ReadOptions { FetchesMax = 100 });
        ushort partition = KeyAddress.PartitionOf("k"u8);
        string? mistake = null;
        for (uint id = 1; id <= 1000 && mistake is null; id++)
        {
            mistake = sites.First.Conversations.Receive(
                3, new FetchMessage(id, FetchScope.Key, 0, new(partition, "k"u8.ToArray())).Write(), sites.Now);
        }

        Assert.IsNotNull(mistake);
    }

    [TestMethod]
    public async Task Answer_WithAnotherKey_IsRefused()
    {
        await using var sites = new Sites();
        sites.First.Runner.Run("MSET {t}a 1 {t}b 2");
        sites.Damages = (from, message) =>
        {
            byte[] answer = [.. message.Bytes];
            int at = answer.AsSpan().IndexOf("{t}a"u8);
            if (from != 1 || answer[0] != (byte)MessageKind.Fetched || at < 0)
            {
                return null;
            }

            answer[at + 3] = (byte)'b';
            return answer;
        };
        Assert.AreEqual("$1\r\n1\r\n", sites.Run("GET {t}a"), "the other owner is asked");
        Assert.IsGreaterThan(0, sites.Refused);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task DamagedAnswers_AndChanges_HarmNothing(int seed)
    {
        var random = new Random(seed);
        await using var sites = new Sites(new ReadOptions { LeaseMilliseconds = 500, RenewBeforeMilliseconds = 100 });
        sites.Damages = (from, message) => from == 1 && message.Node == 3 && random.Next(3) == 0 &&
            message.Bytes[0] is >= (byte)MessageKind.Fetched and <= (byte)MessageKind.Ended
                ? Mutation.Of(message.Bytes, random, from: random.Next(2) * 9)
                : null;
        string[] keys = [.. Writer.Keys.Where(key => "sthlx".Contains(key[0], StringComparison.Ordinal))];
        for (int round = 0; round < 1500; round++)
        {
            Site writer = random.Next(2) == 0 ? sites.First : sites.Second;
            writer.Runner.Run(Writer.Next(random));
            string key = keys[random.Next(keys.Length)];
            foreach (string read in (string[])[$"TYPE {key}", $"OBJECT ENCODING {key}", $"PTTL {key}"])
            {
                Assert.AreNotEqual("", sites.Run(read));
            }

            sites.Advance(10);
        }

        Assert.IsGreaterThan(50, sites.Refused);
        sites.Damages = null;
        sites.Second.Runner.Run("SET honest v");
        sites.Advance(100);
        Assert.AreEqual("$1\r\nv\r\n", sites.Run("GET honest"));
    }

    [TestMethod]
    public void Messages_HaveTheseBytes()
    {
        byte[] name = "k"u8.ToArray();
        ushort partition = KeyAddress.PartitionOf(name);
        Assert.AreEqual(
            "1E" + "07000000" + "01" + "0800000000000000" + $"{partition & 0xFF:X2}{partition >> 8:X2}" + "6B",
            Convert.ToHexString(new FetchMessage(7, FetchScope.KeyUnlessSame, 8, new(partition, name)).Write()));
        var writer = new RecordWriter();
        KeyNames.Write(writer, [new(partition, name)]);
        Assert.AreEqual(
            "0100" + $"{partition & 0xFF:X2}{partition >> 8:X2}" + "016B", Convert.ToHexString(writer.Written));
        writer.Clear();
        new FetchedMessage(7, 8, IsLast: true, new VersionVector()).Write(writer, Encoding.ASCII.GetBytes("chunk"));
        Assert.StartsWith("07000000" + "08000000" + "01", Convert.ToHexString(writer.Written));
        Assert.EndsWith(Convert.ToHexString("chunk"u8), Convert.ToHexString(writer.Written));
    }
}
