using Marekvs.Abstractions;
using Marekvs.Abstractions.Storage;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Storage.Tests;

/// <summary>A store of one make in a directory of its own. What every make must do is in the contracts derived from
/// this; a provider's test classes only name the provider.</summary>
public abstract class StorageContract<TProvider> : IDisposable
    where TProvider : IStorageProvider, new()
{
    private readonly TemporaryDirectory _directory = new();
    private IStore? _store;

    public TestContext TestContext { get; set; } = null!;

    protected static TProvider Provider { get; } = new();

    protected TemporaryDirectory Folder => _directory;

    protected IStore Store => _store ??= Open(_directory.Path);

    public void Dispose()
    {
        _store?.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static IStore Open(string path, params (string Name, string Value)[] settings)
    {
        var given = settings.ToDictionary(s => s.Name, s => s.Value);
        return Provider.Open(
            new StorageContext(path, new ProviderSettings(Provider.Settings, given), NullLogger.Instance));
    }

    protected IStore Reopen()
    {
        Close();
        return Store;
    }

    protected void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    protected static void Put(IStore store, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var batch = new WriteBatch();
        batch.Put(key, value);
        store.Commit(batch);
    }

    protected static void Commit(IStore store, Action<WriteBatch> fill)
    {
        var batch = new WriteBatch();
        fill(batch);
        store.Commit(batch);
    }

    protected static List<(byte[] Key, byte[] Value)> Rows(
        IStore store, byte[]? from = null, byte[]? to = null, bool reverse = false)
    {
        using IStoreScan scan = store.Scan(from, to, reverse);
        return Rest(scan);
    }

    protected static List<(byte[] Key, byte[] Value)> Rest(IStoreScan scan)
    {
        var rows = new List<(byte[] Key, byte[] Value)>();
        while (scan.MoveNext())
        {
            rows.Add((scan.Key.ToArray(), scan.Value.ToArray()));
        }

        return rows;
    }

    protected static string Keys(IEnumerable<(byte[] Key, byte[] Value)> rows) =>
        string.Join(' ', rows.Select(row => Convert.ToHexString(row.Key)));

    protected static string Keys(IEnumerable<byte[]> keys) => string.Join(' ', keys.Select(Convert.ToHexString));

    protected static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    protected static void AssertValue(byte[]? expected, byte[]? actual, string what)
    {
        if (expected is null || actual is null)
        {
            Assert.AreEqual(expected is null, actual is null, $"{what}: present or absent");
            return;
        }

        Assert.IsTrue(
            expected.AsSpan().SequenceEqual(actual), $"{what}: {expected.Length} B expected, {actual.Length} B found");
    }
}
