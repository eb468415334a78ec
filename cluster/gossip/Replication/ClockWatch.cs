using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// Compares the clocks that stamps are made with. What a clock far ahead stamps wins over all that others write and is
/// not let in by them; what one far behind stamps is lost against it. Of two clocks nobody can tell which is wrong; but a
/// node that disagrees with more than half of all that are connected, itself among them, must not stamp anything.
/// <code>
/// clock = kind u8 | milliseconds since 1970 i64
/// </code>
/// </summary>
/// <param name="clock">Reads this node's clock, in milliseconds since 1970; never behind a stamp it has made.</param>
/// <param name="outbox">Where it puts what it sends.</param>
internal sealed class ClockWatch(Func<long> clock, Queue<Outgoing> outbox) : IPeerProtocol
{
    /// <summary>Clocks that are farther apart disagree; streams let in no stamp that is farther ahead.</summary>
    public const long SkewMaxMilliseconds = 10_000;

    private const long TellEvery = 2000;

    /// <summary>After a standstill of this process, what others said before looks old for a moment.</summary>
    private const long PatienceMilliseconds = 5000;

    private readonly SortedDictionary<ushort, Reading?> _peers = [];
    private string? _refusal;
    private bool _hasAgreed;
    private long _disagreesSince = -1;
    private long _tellAt;

    /// <summary>Why this node must not write, or null; any thread may read it.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>How far the clocks of the connected peers are ahead of this node's, in milliseconds.</summary>
    public IEnumerable<(ushort Node, long Ahead)> Skews(long now)
    {
        long own = clock();
        return [.. _peers.Where(peer => peer.Value is not null).Select(peer => (peer.Key, peer.Value!.Value.At(now) - own))];
    }

    public bool Takes(MessageKind kind) => kind == MessageKind.Clock;

    public void Follow(ClusterView view, long now)
    {
        // Who is connected counts, whoever it is.
    }

    public void Connect(ushort node, long now)
    {
        _peers[node] = null;
        Tell(node, clock());
    }

    public void Disconnect(ushort node) => _peers.Remove(node);

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        reader.ReadByte();
        long clock = reader.ReadInt64();
        if (clock < 0 || clock > Stamp.Latest.UnixMilliseconds || reader.Remaining > 0)
        {
            throw new RecordFormatException("a clock that shows no time");
        }

        _peers[node] = new Reading(clock, now);
        Judge(now);
    }

    public void Tick(long now)
    {
        if (now < _tellAt)
        {
            return;
        }

        _tellAt = now + TellEvery;
        long own = clock();
        foreach (ushort node in _peers.Keys)
        {
            Tell(node, own);
        }

        Judge(now);
    }

    private void Tell(ushort node, long own)
    {
        var message = new RecordWriter();
        message.WriteByte((byte)MessageKind.Clock);
        message.WriteInt64(own);
        outbox.Enqueue(new Outgoing(node, Lane.Prompt, message.Written.ToArray()));
    }

    private void Judge(long now)
    {
        long[] skews = [.. Skews(now).Select(skew => skew.Ahead)];
        long[] wide = [.. skews.Where(skew => Math.Abs(skew) > SkewMaxMilliseconds).Order()];
        if (2 * wide.Length <= skews.Length + 1)
        {
            _hasAgreed |= wide.Length < skews.Length;
            _disagreesSince = -1;
            Volatile.Write(ref _refusal, null);
            return;
        }

        _disagreesSince = _disagreesSince < 0 ? now : _disagreesSince;
        if (_refusal is null && (!_hasAgreed || now - _disagreesSince >= PatienceMilliseconds))
        {
            long median = wide[wide.Length / 2];
            Volatile.Write(
                ref _refusal,
                $"the clock of this node is {Math.Abs(median) / 1000} s {(median > 0 ? "behind" : "ahead of")} those of most others");
        }
    }

    /// <param name="Clock">What the clock of a peer showed.</param>
    /// <param name="HeardAt">When it said so.</param>
    private readonly record struct Reading(long Clock, long HeardAt)
    {
        public long At(long now) => Clock + (now - HeardAt);
    }
}
