using System.Net;
using Marekvs.Abstractions;

namespace Marekvs.Cluster.Gossip;

/// <summary>The settings of the provider, declared once and read once.</summary>
internal sealed record GossipSettings
{
    /// <summary>The port of datagrams unless one is given.</summary>
    public const ushort GossipPort = 7946;

    /// <summary>The port of the mesh unless one is given.</summary>
    public const ushort MeshPort = 7373;

    private const string Auto = "auto";

    private static readonly SettingForm ListenForm = new(
        "an address such as 127.0.0.1:7946, [::1]:7946, localhost:7946 or *:7946",
        text => PeerAddress.TryParse(text, 0, out PeerAddress address) && IsListenHost(address.Host));

    /// <summary>What <c>modules.json</c> and the environment may say.</summary>
    public static IReadOnlyList<ProviderSetting> Declared { get; } =
    [
        new("name", SettingKind.Text, "marekvs", "The cluster's name; nodes of another name are refused.")
        {
            Form = new("a name of 1 to 64 letters, digits, dots, dashes or underscores", IsName),
        },
        new("seeds", SettingKind.Text, "", "Nodes to ask for the others first: names or addresses, a port when it is not 7946.")
        {
            Variable = "MAREKVS_SEEDS",
            Form = new(
                "a list of names or addresses such as marekvs-0.marekvs:7946, 10.0.0.7", text => TrySeeds(text, out _)),
        },
        new("gossip", SettingKind.Text, "127.0.0.1:7946", "Where datagrams of other nodes arrive (UDP).")
        {
            Variable = "MAREKVS_GOSSIP_ADDR",
            Form = ListenForm,
        },
        new("mesh", SettingKind.Text, "127.0.0.1:7373", "Where other nodes connect to exchange data (TCP).")
        {
            Variable = "MAREKVS_MESH_ADDR",
            Form = ListenForm,
        },
        new("advertise", SettingKind.Text, Auto, "The name or address under which clients and nodes reach this node.")
        {
            Variable = "MAREKVS_ADVERTISE",
            Form = new("a name or an address without a port", text => PeerAddress.IsHost(text) && text != "*"),
        },
        new("replicas", SettingKind.Number, "3", "Copies of every partition, on as many nodes.")
        {
            Variable = "MAREKVS_REPLICAS",
            Form = new("a whole number from 1 to 16", text => IsBetween(text, 1, 16)),
        },
        new("partial", SettingKind.Boolean, "false", "Whether a node keeps only the partitions it owns; else every node keeps all.")
        {
            Variable = "MAREKVS_PARTIAL",
        },
        new("dropSeconds", SettingKind.Number, "60", "How long a partition stays after it has gone to other owners.")
        {
            Variable = "MAREKVS_DROP_SECONDS",
            Form = new("a whole number from 1 to 86400", text => IsBetween(text, 1, 86_400)),
        },
        new("bulkMiBPerSecond", SettingKind.Number, "64", "What is sent at most for repair and bootstrap; 0 for no bound.")
        {
            Variable = "MAREKVS_BULK_MIB_PER_SECOND",
            Form = new("a whole number from 0 to 65536", text => IsBetween(text, 0, 65_536)),
        },
        new("secret", SettingKind.Text, "", "What every node must know; datagrams are authenticated with it.")
        {
            IsSecret = true,
        },
        new("zone", SettingKind.Text, "", "What fails together with this node, such as a rack; copies spread over zones.")
        {
            Variable = "MAREKVS_ZONE",
            Form = new("at most 64 bytes", text => text.Length <= 64 && text.All(char.IsAscii)),
        },
        new("compression", SettingKind.Text, "zstd", "How repair and bootstrap travel between nodes: zstd or none.")
        {
            Form = new("zstd or none", text => text is "zstd" or "none"),
        },
        new("gossipIntervalMs", SettingKind.Number, "500", "Time between rounds of gossip.")
        {
            Form = new("a whole number from 50 to 10000", text => IsBetween(text, 50, 10_000)),
        },
        new("downMs", SettingKind.Number, "5000", "About how long a node is silent before it is taken for down.")
        {
            Form = new("a whole number from 500 to 600000", text => IsBetween(text, 500, 600_000)),
        },
        new("forgetHours", SettingKind.Number, "72", "How long a node that is down is remembered.")
        {
            Form = new("a whole number from 1 to 8760", text => IsBetween(text, 1, 8760)),
        },
    ];

    public required string ClusterName { get; init; }

    public required IReadOnlyList<PeerAddress> Seeds { get; init; }

    public required PeerAddress Gossip { get; init; }

    public required PeerAddress Mesh { get; init; }

    /// <summary>Null: the address it listens on.</summary>
    public required string? Advertise { get; init; }

    public required int Replicas { get; init; }

    public required bool IsPartial { get; init; }

    public required TimeSpan DropAfter { get; init; }

    public required long BulkBytesPerSecond { get; init; }

    /// <summary>Empty: none.</summary>
    public required string Secret { get; init; }

    public required string Zone { get; init; }

    /// <summary>Whether repair and bootstrap are compressed.</summary>
    public required bool Compresses { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan DownAfter { get; init; }

    public required TimeSpan ForgetAfter { get; init; }

    /// <summary>Reads checked settings.</summary>
    public static GossipSettings Read(ProviderSettings settings)
    {
        TrySeeds(settings.Text("seeds"), out List<PeerAddress> seeds);
        PeerAddress.TryParse(settings.Text("gossip"), GossipPort, out PeerAddress gossip);
        PeerAddress.TryParse(settings.Text("mesh"), MeshPort, out PeerAddress mesh);
        string advertise = settings.Text("advertise");
        return new GossipSettings
        {
            ClusterName = settings.Text("name"),
            Seeds = seeds,
            Gossip = gossip,
            Mesh = mesh,
            Advertise = advertise == Auto ? null : advertise,
            Replicas = (int)settings.Number("replicas"),
            IsPartial = settings.Boolean("partial"),
            DropAfter = TimeSpan.FromSeconds(settings.Number("dropSeconds")),
            BulkBytesPerSecond = settings.Number("bulkMiBPerSecond") * 1024 * 1024,
            Secret = settings.Text("secret"),
            Zone = settings.Text("zone"),
            Compresses = settings.Text("compression") == "zstd",
            Interval = TimeSpan.FromMilliseconds(settings.Number("gossipIntervalMs")),
            DownAfter = TimeSpan.FromMilliseconds(settings.Number("downMs")),
            ForgetAfter = TimeSpan.FromHours(settings.Number("forgetHours")),
        };
    }

    private static bool TrySeeds(string text, out List<PeerAddress> seeds)
    {
        seeds = [];
        foreach (string one in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!PeerAddress.TryParse(one, GossipPort, out PeerAddress seed) || seed.IsEverywhere)
            {
                return false;
            }

            seeds.Add(seed);
        }

        return true;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static bool IsListenHost(string host) =>
        host is PeerAddress.Everywhere or "localhost" || IPAddress.TryParse(host, out _);

    private static bool IsBetween(string text, long least, long most) =>
        long.TryParse(text, out long value) && value >= least && value <= most;
}
