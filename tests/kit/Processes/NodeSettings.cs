using System.Net;

namespace Marekvs.Testing.Processes;

/// <summary>What a node is started with: environment and command line.</summary>
public sealed record NodeSettings
{
    /// <summary>The data directory; null leaves the node's own default.</summary>
    public required string? DataDirectory { get; init; }

    public string? Storage { get; init; }

    public string? Sync { get; init; }

    public string? MemoryMax { get; init; }

    public string? Password { get; init; }

    /// <summary>Path of another modules.json.</summary>
    public string? Config { get; init; }

    public string RespAddress { get; init; } = "127.0.0.1:0";

    public string HttpAddress { get; init; } = "127.0.0.1:0";

    /// <summary>Further environment variables; they win over the properties.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A command that runs the node in surroundings of its own, such as <c>ip netns exec NAME</c>.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Where the node is reached.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>Whether its log is shown in the end.</summary>
    public bool ShowsLog { get; init; } = true;

    /// <summary>How long a start may take before the test fails.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyDictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>
        {
            ["MAREKVS_RESP_ADDR"] = RespAddress,
            ["MAREKVS_HTTP_ADDR"] = HttpAddress,
        };
        Add("MAREKVS_DATA_DIR", DataDirectory);
        Add("MAREKVS_STORAGE", Storage);
        Add("MAREKVS_SYNC", Sync);
        Add("MAREKVS_MEMORY_MAX", MemoryMax);
        Add("MAREKVS_REQUIREPASS", Password);
        Add("MAREKVS_CONFIG", Config);
        foreach ((string name, string value) in Environment)
        {
            variables[name] = value;
        }

        return variables;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                variables[name] = value;
            }
        }
    }
}
