using Marekvs.Abstractions;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Memory;

[assembly: MarekvsPlugin(typeof(MemoryProvider))]

namespace Marekvs.Storage.Memory;

/// <summary>
/// Keeps all rows in memory and writes them to one file when flushed: for tests and for data sets that fit, since a
/// flush costs the size of the data.
/// </summary>
public sealed class MemoryProvider : IStorageProvider
{
    public string Name => "memory";

    public IReadOnlyList<ProviderSetting> Settings => [];

    public IStore Open(StorageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DirectoryLock held = DirectoryLock.Take(context.Path);
        try
        {
            return new MemoryStore(context, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
