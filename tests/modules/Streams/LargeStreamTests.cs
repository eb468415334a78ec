using System.Globalization;
using Marekvs.Modules.Streams;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

/// <summary>Streams larger than memory.</summary>
[TestClass]
public sealed class LargeStreamTests : IAsyncDisposable
{
    private const int Entries = 2_000;

    private readonly KeyspaceRunner _keyspace = new(
        new RunnerSettings(Shards: 1, MemoryMax: 96 * 1024, ResidentElementsMax: 50),
        new SortedStore(),
        new StreamsModule());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _keyspace.DisposeAsync();

    [TestMethod]
    public async Task Group_LargeStream_IsGivenEveryEntryOnce()
    {
        for (int i = 1; i <= Entries; i++)
        {
            Run($"XADD x {i}-1 f {i}");
            if (i % 300 == 0)
            {
                await _keyspace.Keyspace.CheckpointAsync();
            }
        }

        Assert.AreEqual(Resp.Integer(Entries), Run("XLEN x"));
        Run("XGROUP CREATE x g 0");
        var given = new List<string>();
        while (Run($"XREADGROUP GROUP g c COUNT 70 STREAMS x >") is var reply && reply != Resp.NilArray)
        {
            List<string> ids = [.. reply.Split("\r\n").Where(line => line.EndsWith("-1", StringComparison.Ordinal))];
            given.AddRange(ids);
            foreach (string id in ids.Where((_, index) => index % 2 == 0))
            {
                Assert.AreEqual(Resp.Integer(1), Run($"XACK x g {id}"));
            }

            await _keyspace.Keyspace.CheckpointAsync();
        }

        CollectionAssert.AreEqual(
            Enumerable.Range(1, Entries).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}-1")).ToArray(), given);
        string pending = Run("XPENDING x g");
        await _keyspace.ReopenAsync();
        Assert.AreEqual(pending, Run("XPENDING x g"));
        Assert.StartsWith("*4\r\n:1000\r\n", pending);
        Assert.AreEqual(Resp.Integer(Entries - 10), Run("XTRIM x MAXLEN 10"));
        Assert.AreEqual(Resp.Integer(10), Run("XLEN x"));
    }

    private string Run(string line) => _keyspace.Run(line);
}
