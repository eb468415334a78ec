using Marekvs.Abstractions.Modules;

namespace Marekvs.TestPlugin.Exportless;

/// <summary>A module nobody exports: the assembly attribute is missing.</summary>
public sealed class ForgottenModule : IModule
{
    public string Name => "exportless";

    public void Register(IModuleRegistry registry)
    {
        // It is never reached.
    }
}
