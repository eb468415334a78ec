using Marekvs.EndToEnd.Processes;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Faults;

/// <summary>A full disk refuses writes and nothing else, and it is over when there is space again.</summary>
[TestClass]
public sealed class FullDiskTests
{
    private const int DiskMegabytes = 200;
    private const int ValueBytes = 100_000;
    private const int KeysBefore = 100;

    /// <summary>More than the disk takes, so the loop below ends by a refusal.</summary>
    private const int KeysAtMost = 5000;

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(120_000)]
    public async Task FullDisk_RefusesWritesOnly_AndRecoversWhenSpaceReturns(string storage)
    {
        using var disk = new MemoryDisk(DiskMegabytes);
        string data = Directory.CreateDirectory(disk.File("data")).FullName;
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data,
            Storage = storage,
            Environment = new Dictionary<string, string>
            {
                ["MAREKVS_SEGMENT"] = "8mb",
                ["MAREKVS_CHECKPOINT_SECONDS"] = "1",
            },
        });
        using RespClient client = node.Connect();
        SampleData.Write(client, 0, KeysBefore, ValueBytes);

        string ballast = disk.Fill();
        int acknowledged = WriteUntilRefused(client, KeysBefore);

        SampleData.AssertAllThere(client, 0, acknowledged, ValueBytes);
        Assert.AreEqual("+PONG", SampleData.Answer(client.Call("PING")));
        Assert.IsFalse(node.HasExited);

        File.Delete(ballast);
        await Eventually.HoldsAsync(
            "writes are taken again", TimeSpan.FromSeconds(20), () => !Set(client, acknowledged).IsError);

        SampleData.AssertAllThere(client, 0, acknowledged + 1, ValueBytes);
        node.Kill();
        await node.RestartAsync();
        using RespClient again = node.Connect();
        SampleData.AssertAllThere(again, 0, acknowledged + 1, ValueBytes);
        Assert.AreEqual("+OK", SampleData.Answer(again.Call("SET", "after", "1")));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task FullDisk_KilledWhileFull_KeepsWhatWasAcknowledged()
    {
        using var disk = new MemoryDisk(DiskMegabytes);
        string data = Directory.CreateDirectory(disk.File("data")).FullName;
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data,
            Environment = new Dictionary<string, string> { ["MAREKVS_SEGMENT"] = "8mb" },
        });
        int acknowledged;
        string ballast;
        using (RespClient client = node.Connect())
        {
            SampleData.Write(client, 0, KeysBefore, ValueBytes);
            ballast = disk.Fill();
            acknowledged = WriteUntilRefused(client, KeysBefore);
        }

        node.Kill();
        File.Delete(ballast);
        await node.RestartAsync();

        using RespClient again = node.Connect();
        SampleData.AssertAllThere(again, 0, acknowledged, ValueBytes);
    }

    /// <returns>How many keys, counted from 0, are acknowledged.</returns>
    private static int WriteUntilRefused(RespClient client, int from)
    {
        for (int number = from; number < KeysAtMost; number++)
        {
            RespReply reply = Set(client, number);
            if (reply.IsError)
            {
                Assert.StartsWith("MISCONF ", reply.Text);
                return number;
            }
        }

        Assert.Fail("the disk took everything");
        return 0;
    }

    private static RespReply Set(RespClient client, int number) =>
        client.Call("SET", SampleData.Key(number), SampleData.Value(number, ValueBytes));
}
