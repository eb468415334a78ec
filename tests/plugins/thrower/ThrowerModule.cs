using Marekvs.Abstractions.Modules;
using Marekvs.TestPlugin.Thrower;

[assembly: MarekvsPlugin(typeof(ThrowerModule))]

namespace Marekvs.TestPlugin.Thrower;

/// <summary>Cannot be made.</summary>
public sealed class ThrowerModule : IModule
{
    public ThrowerModule() => throw new InvalidOperationException("the planets do not align");

    public string Name => "thrower";

    public void Register(IModuleRegistry registry)
    {
        // It is never reached.
    }
}
