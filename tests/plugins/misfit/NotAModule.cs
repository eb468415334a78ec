using Marekvs.Abstractions.Modules;
using Marekvs.TestPlugin.Misfit;

[assembly: MarekvsPlugin(typeof(NotAModule), typeof(HiddenModule))]

namespace Marekvs.TestPlugin.Misfit;

/// <summary>Exported, though it is no module and no provider.</summary>
public sealed class NotAModule;

/// <summary>Exported, though nobody outside can see it.</summary>
internal sealed class HiddenModule : IModule
{
    public string Name => "misfit";

    public void Register(IModuleRegistry registry)
    {
        // It is never reached.
    }
}
