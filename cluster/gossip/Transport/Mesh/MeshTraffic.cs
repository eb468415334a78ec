namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>Bytes sent on a lane, of all connections.</summary>
internal sealed class MeshTraffic
{
    private long _plain;
    private long _sent;

    /// <summary>Of messages.</summary>
    public long Plain => Interlocked.Read(ref _plain);

    /// <summary>Of frames.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public void Count(long plain, long sent)
    {
        Interlocked.Add(ref _plain, plain);
        Interlocked.Add(ref _sent, sent);
    }
}
