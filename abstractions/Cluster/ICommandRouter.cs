namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// Brings commands to the node that has to run them: the soft owner of their keys' partition, which is the first of its
/// owners that can be reached. A cluster that has several nodes implements it beside <see cref="ICluster"/>.
/// </summary>
public interface ICommandRouter
{
    /// <summary>The node that runs such commands on a partition now; 0 when no owner can be reached, and they run where
    /// they are.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="except">A node that has refused; 0 for none.</param>
    ushort SoftOwnerOf(ushort partition, ushort except = 0);

    /// <summary>Sends a command to another node.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="command">The command.</param>
    IRoutedCall Send(ushort node, RoutedCommand command);

    /// <summary>Whom to tell that soft owners may have changed.</summary>
    /// <param name="changed">Called by a thread of the cluster.</param>
    void OnOwnersChange(Action changed);

    /// <summary>Counts a call that ran here for want of its soft owner.</summary>
    void CountLocal();
}

/// <summary>A command under way at another node.</summary>
public interface IRoutedCall
{
    /// <summary>The node.</summary>
    ushort Node { get; }

    /// <summary>How it ended; does not fail.</summary>
    Task<RoutedReply> Reply { get; }

    /// <summary>Asks the node to end the call, if it waits for keys. It may have its answer by then, which comes as it
    /// would have.</summary>
    /// <param name="how">As what.</param>
    void Stop(CallStop how);
}

/// <summary>How a call that waits for keys is ended.</summary>
public enum CallStop : byte
{
    /// <summary>Nobody wants its answer any more, or another node is to give it.</summary>
    Abandon = 0,

    /// <summary>As if its time were up.</summary>
    TimeOut = 1,

    /// <summary>With the error of CLIENT UNBLOCK.</summary>
    Unblock = 2,
}

/// <summary>A command, or a whole transaction, on its way to another node.</summary>
/// <param name="Arguments">The commands, in the host's own form.</param>
public sealed record RoutedCommand(byte[] Arguments)
{
    /// <summary>The partition of its keys; null for one that any node may be asked, which the host itself sends.</summary>
    public ushort? Partition { get; init; }

    /// <summary>2 or 3: the form of the reply.</summary>
    public int ProtocolVersion { get; init; } = 2;

    /// <summary>Whether it is a transaction.</summary>
    public bool IsTransaction { get; init; }

    /// <summary>Whether it is answered as if its time were up when it would wait for keys.</summary>
    public bool NeverWaits { get; init; }

    /// <summary>Up to where the receiver must have taken in the sender's journal first: the client's own writes.</summary>
    public long After { get; init; }

    /// <summary>The client's newest write in the receiver's own journal, 0 for none.</summary>
    public long LastWrite { get; init; }

    /// <summary>The partition of that write.</summary>
    public ushort? LastPartition { get; init; }

    /// <summary>How long it has waited for keys elsewhere.</summary>
    public long WaitedMilliseconds { get; init; }
}

/// <summary>How a command ended that was sent to another node.</summary>
/// <param name="End">How.</param>
/// <param name="Bytes">The whole reply, when there is one.</param>
/// <param name="JournalPosition">Where in the other node's journal its write is, 0 when it wrote nothing.</param>
public readonly record struct RoutedReply(RoutedEnd End, byte[] Bytes, long JournalPosition);

/// <summary>How a routed command ended.</summary>
public enum RoutedEnd : byte
{
    /// <summary>It ran, and what it did has been taken in here as well.</summary>
    Answered = 0,

    /// <summary>It had no effect there: the node does not think that it is the soft owner, could not be reached, or was lost
    /// while the call waited for keys.</summary>
    NotRun = 1,

    /// <summary>The node was lost before it answered; nobody here can tell whether the command ran.</summary>
    InDoubt = 2,
}
