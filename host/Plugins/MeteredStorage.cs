using Marekvs.Abstractions;
using Marekvs.Abstractions.Storage;

namespace Marekvs.Host.Plugins;

/// <summary>Wraps whichever provider is chosen, so that its stores are measured without knowing it.</summary>
internal sealed class MeteredStorageProvider(IStorageProvider inner, StorageMeters meters) : IStorageProvider
{
    public string Name => inner.Name;

    public IReadOnlyList<ProviderSetting> Settings => inner.Settings;

    public IStore Open(StorageContext context) => new MeteredStore(inner.Open(context), meters);
}

/// <summary>Measures every operation of a store: how many, how long, how many failed.</summary>
internal sealed class MeteredStore(IStore inner, StorageMeters meters) : IStore
{
    public ulong Watermark => inner.Watermark;

    public ulong DurableWatermark => inner.DurableWatermark;

    public long SizeBytes => inner.SizeBytes;

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        long started = meters.Start();
        try
        {
            return inner.Get(key);
        }
        catch (StorageException)
        {
            meters.Get.Failures.Inc();
            throw;
        }
        finally
        {
            meters.Finish(meters.Get, started);
        }
    }

    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        long started = meters.Start();
        try
        {
            return new MeteredScan(inner.Scan(from, to, reverse), meters, started);
        }
        catch (StorageException)
        {
            meters.Scan.Failures.Inc();
            throw;
        }
    }

    public void Commit(WriteBatch batch)
    {
        long started = meters.Start();
        try
        {
            inner.Commit(batch);
            meters.CommittedBytes.Inc(batch.ByteCount);
        }
        catch (StorageException)
        {
            meters.Commit.Failures.Inc();
            throw;
        }
        finally
        {
            meters.Finish(meters.Commit, started);
        }
    }

    public void Flush()
    {
        long started = meters.Start();
        try
        {
            inner.Flush();
        }
        catch (StorageException)
        {
            meters.Flush.Failures.Inc();
            throw;
        }
        finally
        {
            meters.Finish(meters.Flush, started);
        }
    }

    public void Dispose() => inner.Dispose();

    private sealed class MeteredScan(IStoreScan inner, StorageMeters meters, long started) : IStoreScan
    {
        public ReadOnlySpan<byte> Key => inner.Key;

        public ReadOnlySpan<byte> Value => inner.Value;

        public bool MoveNext()
        {
            try
            {
                return inner.MoveNext();
            }
            catch (StorageException)
            {
                meters.Scan.Failures.Inc();
                throw;
            }
        }

        public void Dispose()
        {
            inner.Dispose();
            meters.Finish(meters.Scan, started);
        }
    }
}
