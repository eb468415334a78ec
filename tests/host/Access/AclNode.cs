using Marekvs.Host.Tests.Plugins;
using Marekvs.Host.Tests.Startup;

namespace Marekvs.Host.Tests.Access;

/// <summary>Nodes with the commands that tests of access rules use.</summary>
internal static class AclNode
{
    public static Task<TestNode> StartAsync(params (string Name, string Value)[] environment) =>
        TestNode.StartAsync(Plugins(), Modules, environment);

    /// <summary>Every module of ours there is.</summary>
    public static string[] Modules { get; } =
        ["hashes", "hyperloglog", "keys", "lists", "pubsub", "sets", "streams", "strings", "zsets"];

    public static PluginRoot Plugins()
    {
        var root = new PluginRoot();
        foreach (string module in Modules)
        {
            root.AddFromHost("modules/" + module);
        }

        return root;
    }
}
