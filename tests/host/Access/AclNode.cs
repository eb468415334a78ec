using Marekvs.Host.Tests.Plugins;
using Marekvs.Host.Tests.Startup;

namespace Marekvs.Host.Tests.Access;

/// <summary>Nodes with the commands that tests of access rules use.</summary>
internal static class AclNode
{
    public static Task<TestNode> StartAsync(params (string Name, string Value)[] environment) =>
        TestNode.StartAsync(Plugins(), ["keys", "strings"], environment);

    public static PluginRoot Plugins()
    {
        var root = new PluginRoot();
        root.AddFromHost("modules/keys");
        root.AddFromHost("modules/strings");
        return root;
    }
}
