using System.Net;
using System.Security.Cryptography;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Settings;
using Marekvs.Host.Startup;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>What the server commands, the metrics and the HTTP endpoint tell of.</summary>
internal sealed class ServerContext
{
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(20);

    private Keyspace? _keyspace;
    private ICluster? _cluster;
    private volatile string? _replicationId;

    public required NodeSettings Settings { get; init; }

    public required LiveSettings Live { get; init; }

    public required ClientRegistry Clients { get; init; }

    public required NodeLifetime Lifetime { get; init; }

    public required IReadOnlyList<IModule> Modules { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Forty hexadecimal digits, new at each start.</summary>
    public required string RunId { get; init; }

    /// <summary>The id of the data's history that INFO shows to replicas, of which there are none; at first the run id.
    /// </summary>
    public string ReplicationId
    {
        get => _replicationId ?? RunId;
        private set => _replicationId = value;
    }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The data, once it is open.</summary>
    public Keyspace Keyspace => _keyspace ?? throw new InvalidOperationException("the keyspace is not open yet");

    /// <summary>The cluster, once it is open.</summary>
    public ICluster Cluster => _cluster ?? throw new InvalidOperationException("the cluster is not open yet");

    /// <summary>The command table; complete once every builtin has registered.</summary>
    public CommandTable Table { get; set; } = new([]);

    /// <summary>Where clients connect, once the node listens.</summary>
    public IPEndPoint? RespEndPoint { get; set; }

    public ServerStatistics Statistics => Clients.Statistics;

    public TimeSpan Uptime => Time.GetUtcNow() - StartedAt;

    /// <summary>Forty fresh hexadecimal digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>Changes the replication id.</summary>
    public void RenewReplicationId() => ReplicationId = NewId();

    /// <summary>Serves clients, lets them only read or refuses them, as the cluster says.</summary>
    public void FollowCluster()
    {
        string? refusal = Cluster.Refusal;
        string? writeRefusal = Cluster.WriteRefusal;
        Lifetime.IsRefusing = refusal is not null || writeRefusal is not null;
        Clients.Refuse(refusal);
        Keyspace.RefuseWrites(writeRefusal);
    }

    /// <summary>Hands over to the other nodes, as long as the grace period lasts; clients are served meanwhile.</summary>
    public async Task LeaveClusterAsync()
    {
        using var grace = new CancellationTokenSource(LeaveWithin, Time);
        await Cluster.LeaveAsync(grace.Token);
    }

    /// <summary>Builtins register before the data is touched, so that all mistakes show first; they run after this.
    /// </summary>
    public void Open(Keyspace keyspace, ICluster cluster)
    {
        (_keyspace, _cluster) = (keyspace, cluster);
        Clients.Mode = cluster.IsDistributed ? "cluster" : "standalone";
    }
}
