using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>How far the peers have this node's journal, for everybody who waits for that.</summary>
/// <param name="view">The members.</param>
/// <param name="wake">Lets the streams go on at once.</param>
internal sealed class JournalWitnesses(Func<ClusterView?> view, Action wake) : IJournalWitnesses
{
    private Witness[] _witnesses = [];
    private TaskCompletionSource? _growth;
    private int _isAwaited;

    public (int Having, int Synced) Count(long position, ushort? partition)
    {
        OwnerTable owners = view()?.Owners ?? OwnerTable.Empty;
        (int having, int synced) = (0, 0);
        foreach (Witness witness in Volatile.Read(ref _witnesses))
        {
            bool counts = partition is not { } one || owners.Owns(one, witness.Node);
            having += counts && witness.Having >= position ? 1 : 0;
            synced += counts && witness.Synced >= position ? 1 : 0;
        }

        return (having, synced);
    }

    public Task WhenGrown()
    {
        TaskCompletionSource growth = Volatile.Read(ref _growth) ?? Interlocked.CompareExchange(
            ref _growth, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _growth;
        Volatile.Write(ref _isAwaited, 1);
        wake();
        return growth.Task;
    }

    /// <summary>Whether somebody has begun to wait since this was last asked.</summary>
    public bool TakeAwaited() => Interlocked.Exchange(ref _isAwaited, 0) != 0;

    /// <summary>Looks at the streams again; on their thread.</summary>
    public void Look(IEnumerable<PeerSession> sessions)
    {
        Witness[] now = [.. sessions.Where(s => s.IsConnected && s.Sender.IsStreaming)
            .Select(s => new Witness(s.Node, s.Sender.Acknowledged, s.Sender.Synced))];
        if (!now.AsSpan().SequenceEqual(_witnesses))
        {
            Volatile.Write(ref _witnesses, now);
            Interlocked.Exchange(ref _growth, null)?.SetResult();
        }
    }

    private readonly record struct Witness(ushort Node, long Having, long Synced);
}
