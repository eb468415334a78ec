using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.TestPlugin.TwinRecord;

[assembly: MarekvsPlugin(typeof(TwinRecordModule))]

namespace Marekvs.TestPlugin.TwinRecord;

/// <summary>Uses the record tag of the tally module for a type of its own.</summary>
public sealed class TwinRecordModule : IModule
{
    public string Name => "twin-record";

    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(new KeyType("twin", order: 131, isSingle: false, _ => "tree", new RecordKind(130, "twin")));
    }
}
