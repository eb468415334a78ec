using Marekvs.Abstractions;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.LiteDb;

[assembly: MarekvsPlugin(typeof(LiteDbProvider))]

namespace Marekvs.Storage.LiteDb;

/// <summary>A store in managed code only: one file and its log, for places where native libraries cannot go.</summary>
public sealed class LiteDbProvider : IStorageProvider
{
    public string Name => "litedb";

    public IReadOnlyList<ProviderSetting> Settings => [];

    public IStore Open(StorageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DirectoryLock held = DirectoryLock.Take(context.Path);
        try
        {
            return new LiteDbStore(context, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
