using Marekvs.Abstractions.Modules;
using Marekvs.TestPlugin.Hoarder;

[assembly: MarekvsPlugin(typeof(HoarderModule))]

namespace Marekvs.TestPlugin.Hoarder;

/// <summary>A sound module in a folder that also holds what the host shares.</summary>
public sealed class HoarderModule : IModule
{
    public string Name => "hoarder";

    public void Register(IModuleRegistry registry)
    {
        // It is never reached.
    }
}
