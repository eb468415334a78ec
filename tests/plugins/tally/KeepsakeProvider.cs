using Marekvs.Abstractions;
using Marekvs.Abstractions.Storage;

namespace Marekvs.TestPlugin.Tally;

/// <summary>A storage provider that comes in the same assembly as a module. It keeps rows while the process lives.
/// </summary>
public sealed class KeepsakeProvider : IStorageProvider
{
    public string Name => "keepsake";

    public IReadOnlyList<ProviderSetting> Settings { get; } =
        [new("rowsMax", SettingKind.Number, "1000000", "Rows it keeps before it refuses more.")];

    public IStore Open(StorageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new KeepsakeStore(context.Settings.Number("rowsMax"));
    }
}
