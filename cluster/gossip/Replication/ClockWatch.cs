using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// Compares the clocks that stamps are made with. What a clock far ahead stamps wins over all that others write and is
/// not let in by them; what one far behind stamps is lost against it. Of two clocks nobody can tell which is wrong; but a
/// node that disagrees with more than half of all that are connected, itself among them, must not stamp anything.
/// <code>
/// clock = kind u8 | clock i64 | echo i64 | held i64     all in milliseconds, clocks since 1970
/// </code>
/// The echo is the receiver's clock as the sender last heard it, so long ago; 0 when it never did. What is missing since
/// then was spent on the way: so much is uncertain, and a busy link is not taken for a wrong clock.
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

    private readonly SortedDictionary<ushort, Reading> _peers = [];
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
        return [.. _peers.Where(peer => peer.Value.IsCertain).Select(peer => (peer.Key, peer.Value.At(now) - own))];
    }

    public bool Takes(MessageKind kind) => kind == MessageKind.Clock;

    public void Follow(ClusterView view, long now)
    {
        // Who is connected counts, whoever it is.
    }

    public void Connect(ushort node, long now)
    {
        _peers[node] = default;
        Tell(node, clock(), now);
    }

    public void Disconnect(ushort node) => _peers.Remove(node);

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        reader.ReadByte();
        long theirs = ReadTime(ref reader);
        long echo = ReadTime(ref reader);
        long held = ReadTime(ref reader);
        if (theirs == 0 || reader.Remaining > 0)
        {
            throw new RecordFormatException("a clock that shows no time");
        }

        long own = clock();
        bool isAnswer = echo > 0;
        _peers[node] = new Reading(theirs, now, isAnswer ? Math.Max(0, own - echo - held) : Reading.Unknown);
        if (!isAnswer)
        {
            Tell(node, own, now);
        }

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
            Tell(node, own, now);
        }

        Judge(now);
    }

    private static long ReadTime(ref RecordReader reader) =>
        reader.ReadInt64() is >= 0 and var time && time <= Stamp.Latest.UnixMilliseconds
            ? time
            : throw new RecordFormatException("a clock that shows no time");

    private void Tell(ushort node, long own, long now)
    {
        Reading heard = _peers.GetValueOrDefault(node);
        var message = new RecordWriter();
        message.WriteByte((byte)MessageKind.Clock);
        message.WriteInt64(own);
        message.WriteInt64(heard.Clock);
        message.WriteInt64(heard.Clock == 0 ? 0 : now - heard.HeardAt);
        outbox.Enqueue(new Outgoing(node, Lane.Prompt, message.Written.ToArray()));
    }

    private void Judge(long now)
    {
        long own = clock();
        Reading[] readings = [.. _peers.Values.Where(reading => reading.IsCertain)];
        long[] wide = [.. readings.Where(reading => reading.Disagrees(now, own)).Select(reading => reading.At(now) - own).Order()];
        if (2 * wide.Length <= readings.Length + 1)
        {
            _hasAgreed |= wide.Length < readings.Length;
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

    /// <param name="Clock">What the clock of a peer showed; 0 when it has not said so.</param>
    /// <param name="HeardAt">When that came.</param>
    /// <param name="Uncertain">How long it may have been on its way.</param>
    private readonly record struct Reading(long Clock, long HeardAt, long Uncertain)
    {
        public const long Unknown = long.MaxValue;

        public bool IsCertain => Clock > 0 && Uncertain != Unknown;

        /// <summary>What it probably shows now: half of the way there and back lay behind it.</summary>
        public long At(long now) => Clock + (Uncertain / 2) + (now - HeardAt);

        /// <summary>Whether it is wide of another, however long it was on its way.</summary>
        public bool Disagrees(long now, long own) => Math.Abs(At(now) - own) - (Uncertain / 2) > SkewMaxMilliseconds;
    }
}
