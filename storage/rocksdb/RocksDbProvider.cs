using Marekvs.Abstractions;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.RocksDb;

[assembly: MarekvsPlugin(typeof(RocksDbProvider))]

namespace Marekvs.Storage.RocksDb;

/// <summary>The default store: a log-structured merge tree outside the managed heap.</summary>
public sealed class RocksDbProvider : IStorageProvider
{
    public string Name => "rocksdb";

    public IReadOnlyList<ProviderSetting> Settings => RocksDbSettings.Declared;

    public IStore Open(StorageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        NativeMemory.Tune();
        return new RocksDbStore(context);
    }
}
