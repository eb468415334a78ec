using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>What the state machines of routing have to say to the node. The methods return at once.</summary>
internal interface IRoutingSink
{
    /// <summary>Runs a command of a peer's client; <see cref="RoutedRuns"/> is told what becomes of it.</summary>
    void Run(RoutedRun run);

    /// <summary>Ends the wait of such a command.</summary>
    void Stop(RoutedRun run, CallStop how);

    /// <summary>Soft owners may have changed.</summary>
    void OwnersChanged(SoftOwners owners);
}

/// <summary>Who waits for the reply of a routed command.</summary>
internal interface IRoutedCaller
{
    /// <summary>It is here. Called once.</summary>
    void Complete(RoutedReply reply);
}
