namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// The lives this process has begun, to tell what others say of it from what they say of a rival with its number. Peers
/// can make it begin one life after the other, so only the newest are remembered: what is told of an older one is behind
/// anyway, and names the address that this process still has.
/// </summary>
internal sealed class OwnGenerations
{
    /// <summary>More than are begun while news travels through a cluster.</summary>
    public const int Max = 16;

    private readonly Queue<ulong> _newest = new(Max);

    public int Count => _newest.Count;

    public bool Contains(ulong generation) => _newest.Contains(generation);

    public void Add(ulong generation)
    {
        if (_newest.Count == Max)
        {
            _newest.Dequeue();
        }

        _newest.Enqueue(generation);
    }
}
