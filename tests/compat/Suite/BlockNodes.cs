using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Compat.Suite;

/// <summary>The nodes of one unit: one that its blocks share, and one for each block that asks for its own.</summary>
internal sealed class BlockNodes : IDisposable
{
    /// <summary>Settings of Redis that must be known when a node starts, and the node's names for them.</summary>
    private static readonly Dictionary<string, string> StartSettings = new()
    {
        ["requirepass"] = "MAREKVS_REQUIREPASS",
        ["maxclients"] = "MAREKVS_MAXCLIENTS",
        ["acl-pubsub-default"] = "MAREKVS_ACL_PUBSUB_DEFAULT",
        ["enable-debug-command"] = "MAREKVS_ENABLE_DEBUG_COMMAND",
    };

    private readonly List<TemporaryDirectory> _directories = [];
    private readonly Dictionary<int, NodeProcess> _nodes = [];

    /// <summary>Starts a node.</summary>
    /// <param name="settings">Redis's names and values, in turn.</param>
    public async Task<NodeProcess> StartAsync(IReadOnlyList<string> settings)
    {
        var data = new TemporaryDirectory();
        _directories.Add(data);
        NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Environment = EnvironmentOf(settings),
        });
        _nodes.Add(node.ProcessId, node);
        return node;
    }

    /// <summary>Ends a node; its directory stays for the log until the unit is done.</summary>
    public void Stop(int processId)
    {
        if (_nodes.Remove(processId, out NodeProcess? node))
        {
            node.Dispose();
        }
    }

    /// <summary>Ends a node in an orderly way and starts it on the same data.</summary>
    public async Task<NodeProcess> RestartAsync(int processId)
    {
        _nodes.Remove(processId, out NodeProcess? node);
        await node!.StopAsync();
        await node.RestartAsync();
        _nodes.Add(node.ProcessId, node);
        return node;
    }

    public void Dispose()
    {
        foreach (NodeProcess node in _nodes.Values)
        {
            node.Dispose();
        }

        _directories.ForEach(directory => directory.Dispose());
    }

    private static Dictionary<string, string> EnvironmentOf(IReadOnlyList<string> settings)
    {
        var environment = new Dictionary<string, string> { ["MAREKVS_ENABLE_DEBUG_COMMAND"] = "local" };
        var values = new Dictionary<string, string>();
        for (int i = 0; i + 1 < settings.Count; i += 2)
        {
            values[settings[i]] = settings[i + 1];
        }

        foreach ((string name, string value) in values)
        {
            if (StartSettings.TryGetValue(name, out string? variable))
            {
                environment[variable] = value;
            }
        }

        if (values.TryGetValue("aclfile", out string? file))
        {
            environment["MAREKVS_ACLFILE"] = Path.Combine(values.GetValueOrDefault("dir", ""), file);
        }

        if (values.TryGetValue("user", out string? user))
        {
            environment["MAREKVS_USERS"] = user;
        }

        return environment;
    }
}
