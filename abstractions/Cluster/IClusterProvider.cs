using Marekvs.Abstractions.Messaging;
using Microsoft.Extensions.Logging;

namespace Marekvs.Abstractions.Cluster;

/// <summary>Opens a cluster of one make. Found by <c>MarekvsPlugin</c>, chosen by name in <c>modules.json</c>.</summary>
public interface IClusterProvider
{
    /// <summary>The name configuration uses.</summary>
    string Name { get; }

    /// <summary>The settings the provider knows.</summary>
    IReadOnlyList<ProviderSetting> Settings { get; }

    /// <summary>Joins, or stands alone.</summary>
    /// <param name="context">This node and the face it shows the cluster.</param>
    /// <returns>The open cluster; the caller disposes it.</returns>
    /// <exception cref="ClusterException">It cannot be opened; the message says what to do.</exception>
    ICluster Open(ClusterContext context);
}

/// <summary>What a cluster provider gets.</summary>
/// <param name="Replica">The face this node shows the cluster.</param>
/// <param name="Settings">Every declared setting.</param>
/// <param name="Directory">A directory of this provider's own, kept across restarts.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">Where chance comes from; not for secrets.</param>
/// <param name="Logger">Where the provider reports.</param>
public sealed record ClusterContext(
    IReplica Replica, ProviderSettings Settings, string Directory, TimeProvider Time, Random Random, ILogger Logger)
{
    /// <summary>Where messages from other nodes are delivered.</summary>
    public MessageHub Messages { get; init; } = new();

    /// <summary>Runs commands that came to other nodes; null where none are taken.</summary>
    public ICommandExecutor? Executor { get; init; }
}

/// <summary>The cluster cannot be opened.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="inner">What it came from.</param>
public sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);
