using System.Buffers.Binary;
using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// Who is in the cluster, as one node comes to know it. Nodes tell each other in rounds what they know of all:
/// <code>
/// A -> B  SYN      digest of A
/// B -> A  SYN-ACK  digest of B, what A lacks
/// A -> B  ACK      what B lacks
/// </code>
/// A machine without sockets, timers or clock: datagrams and ticks go in, datagrams and views come out. Not for two
/// threads at once.
/// </summary>
internal sealed class MembershipProtocol
{
    private const int SettleRounds = 4;
    private const int AloneRounds = 6;
    private const long TombstonesKept = 60_000;
    private const ulong GenerationMax = 1UL << 61;

    /// <summary>The low bits of a generation differ between processes, so no two begin the same life.</summary>
    private const int NonceBits = 16;

    private static readonly TimeSpan LeftKept = TimeSpan.FromHours(1);

    private readonly MembershipOptions _options;
    private readonly DatagramSeal _seal;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly MemberMap _map;
    private readonly Liveness _liveness;
    private readonly Contacts _contacts;
    private readonly ViewBuilder _views;
    private readonly NumberClaims _claims;
    private readonly RecordWriter _writer = new(DatagramSeal.DatagramBytesMax);
    private readonly OwnGenerations _ownGenerations = new();
    private readonly long _startedAt;
    private ulong _foreignGeneration;
    private long _lastTick;
    private long _heardFirst = long.MaxValue;
    private long _retractedAt;
    private bool _tellsState;

    /// <param name="options">Settings.</param>
    /// <param name="seal">The envelope of datagrams.</param>
    /// <param name="random">Chooses peers.</param>
    /// <param name="logger">Reports.</param>
    /// <param name="now">Milliseconds since 1970; later times need only not go back.</param>
    public MembershipProtocol(
        MembershipOptions options, DatagramSeal seal, Random random, ILogger logger, long now)
    {
        (_options, _seal, _random, _logger) = (options, seal, random, logger);
        (_startedAt, _lastTick) = (now, now);
        ulong generation = GenerationAfter(Math.Max(options.Memory.Generation, (ulong)now << NonceBits));
        _ownGenerations.Add(generation);
        _map = new MemberMap(new MemberRecord(options.Number, generation) { Heartbeat = 1 });
        _liveness = new Liveness(options.Interval, options.DownAfter);
        _contacts = new Contacts(options.Seeds, options.Memory.Peers, random);
        _views = new ViewBuilder(options.ClusterName, options.Replicas);
        _claims = new NumberClaims(options.Number, new ProcessAge((ulong)now, options.Nonce));
        Tally = new GossipTally(logger);
        View = _views.Build(_map, _liveness, now);
    }

    public GossipTally Tally { get; }

    /// <summary>The members as this node sees them.</summary>
    public ClusterView View { get; private set; }

    /// <summary>What this node tells of itself.</summary>
    public MemberRecord Self => _map.Self;

    /// <summary>Why this node must not serve, or null.</summary>
    public string? Refusal => _claims.Refusal;

    /// <summary>What to write down for the next life.</summary>
    public PeerMemory Memory => new(
        Math.Max(_map.Self.Generation, _foreignGeneration),
        [.. _map.Records.Where(r => r != Self && r.State != MemberState.Left).Select(r => r.Address)
            .OfType<PeerAddress>()]);

    private int Room => _seal.BodyBytesMax - GossipCodec.FrameBytes;

    /// <summary>Whether what this node knows can be relied on: it has exchanged with others for a few rounds, or
    /// nobody answers.</summary>
    public bool IsSettled(long now)
    {
        double interval = _options.Interval.TotalMilliseconds;
        bool isAlone = _options.Seeds.Count == 0 && _options.Memory.Peers.Count == 0;
        return _heardFirst < long.MaxValue
            ? now - _heardFirst >= SettleRounds * interval
            : isAlone || now - _startedAt >= AloneRounds * interval;
    }

    /// <summary>This node says something of itself.</summary>
    public void Publish(MemberKey key, ReadOnlySpan<byte> value, long now)
    {
        if (_map.Self.Set(key, value))
        {
            Refresh(now);
        }
    }

    /// <summary>This node takes back what it said.</summary>
    public void Retract(MemberKey key, long now)
    {
        if (_map.Self.Retract(key))
        {
            _retractedAt = now;
        }
    }

    /// <summary>This node enters another part of its life; the others hear of it with the next tick.</summary>
    public void Enter(MemberState state, long now)
    {
        Publish(MemberKey.State, [(byte)state], now);
        _tellsState = true;
    }

    /// <summary>One round.</summary>
    /// <param name="now">The time.</param>
    /// <param name="outbox">Receives what to send.</param>
    public void Tick(long now, List<OutgoingDatagram> outbox)
    {
        ExcuseStandstill(now);
        if (_claims.Tick(now))
        {
            _logger.LogWarning("The other node with the number {Number} is silent; this one serves again", Self.Number);
            BeginLife(_foreignGeneration);
        }

        foreach (PeerAddress rival in _claims.Rivals)
        {
            SendAge(GossipKind.Probe, rival, outbox);
        }

        Tally.Tell(now);
        if (_claims.GivesWay)
        {
            return;
        }

        Self.Heartbeat++;
        CheckLiveness(now);
        Forget(now);
        if (Self.HasTombstones && now - _retractedAt > TombstonesKept)
        {
            Self.Collect();
        }

        if (_tellsState)
        {
            TellState(outbox);
        }

        foreach (PeerAddress peer in ChoosePeers())
        {
            SendSyn(peer, now, outbox);
        }

        Refresh(now);
    }

    /// <summary>A datagram arrived.</summary>
    /// <param name="from">Where from.</param>
    /// <param name="datagram">Its bytes, whoever made them.</param>
    /// <param name="now">The time.</param>
    /// <param name="outbox">Receives what to send.</param>
    public void Receive(PeerAddress from, ReadOnlySpan<byte> datagram, long now, List<OutgoingDatagram> outbox)
    {
        Tally.Received(datagram.Length);
        DatagramRefusal refusal = _seal.Open(from, datagram, out Letter letter);
        if (refusal == DatagramRefusal.None)
        {
            refusal = TryRead(from, letter, now, outbox);
        }

        if (refusal != DatagramRefusal.None)
        {
            Tally.Refused(refusal, from);
        }
    }

    private DatagramRefusal TryRead(
        PeerAddress from, in Letter letter, long now, List<OutgoingDatagram> outbox)
    {
        try
        {
            return Read(from, letter, now, outbox);
        }
        catch (RecordFormatException)
        {
            return DatagramRefusal.Malformed;
        }
    }

    private DatagramRefusal Read(PeerAddress from, in Letter letter, long now, List<OutgoingDatagram> outbox)
    {
        switch (letter.Kind)
        {
            case GossipKind.Probe:
                SendAge(GossipKind.Claim, from, outbox);
                return DatagramRefusal.None;
            case GossipKind.Syn when !letter.IsBound && !_claims.GivesWay:
                Send(GossipKind.Bind, from, [], outbox);
                return DatagramRefusal.None;
            case not GossipKind.Syn when !letter.IsBound:
                return DatagramRefusal.Unbound;
            case GossipKind.Claim:
                ReadClaim(from, letter.Body, now);
                return DatagramRefusal.None;
            case GossipKind.Rival:
                ReadRival(letter.Body, now);
                return DatagramRefusal.None;
            case not (GossipKind.Syn or GossipKind.SynAck or GossipKind.Ack or GossipKind.Bind):
                return DatagramRefusal.Malformed;
            case var _ when _claims.GivesWay:
                return DatagramRefusal.None;
            case GossipKind.Bind:
                SendSyn(from, now, outbox);
                return DatagramRefusal.None;
            default:
                Reconcile(from, letter.Kind, GossipCodec.Read(letter.Body), now, outbox);
                return DatagramRefusal.None;
        }
    }

    private void Reconcile(
        PeerAddress from, GossipKind kind, GossipBody body, long now, List<OutgoingDatagram> outbox)
    {
        _heardFirst = Math.Min(_heardFirst, now);
        bool isNews = false;
        foreach (MemberDelta delta in body.Deltas)
        {
            isNews |= Apply(from, delta, now, outbox);
        }

        foreach (DigestLine line in body.Digest)
        {
            isNews |= Observe(line, now);
        }

        if (isNews)
        {
            Refresh(now);
        }

        if (kind == GossipKind.Syn)
        {
            // What the other lacks comes first: it may be a newcomer that knows nobody.
            List<MemberDelta> deltas = DeltasFor(body, Room / 2, now);
            List<DigestLine> digest = Digest(Room - deltas.Sum(GossipCodec.Length), now, out bool isWhole);
            SendBody(GossipKind.SynAck, from, isWhole, digest, deltas, outbox);
        }
        else if (kind == GossipKind.SynAck)
        {
            List<MemberDelta> deltas = DeltasFor(body, Room, now);
            if (deltas.Count > 0)
            {
                SendBody(GossipKind.Ack, from, isWhole: false, [], deltas, outbox);
            }
        }
    }

    /// <returns>Whether a node is back.</returns>
    private bool Observe(DigestLine line, long now)
    {
        MemberRecord? record = _map.Find(line.Number);
        if (record is null || record == Self || record.Generation != line.Generation ||
            line.Heartbeat <= record.Heartbeat)
        {
            return false;
        }

        // The first heartbeat heard of may be the last one that was sent.
        bool isFirst = record.Heartbeat == 0;
        record.Heartbeat = line.Heartbeat;
        bool isBack = !isFirst && _liveness.Heard(line.Number, now);
        if (isBack && record.State != MemberState.Left)
        {
            _logger.LogInformation("Node {Node} at {Address} is up", line.Number, record.Address);
        }

        return isBack;
    }

    /// <returns>Whether it was new.</returns>
    private bool Apply(PeerAddress from, MemberDelta delta, long now, List<OutgoingDatagram> outbox)
    {
        if (delta.Number == Self.Number)
        {
            MeetNamesake(delta, now);
            return false;
        }

        MemberRecord? record = _map.Find(delta.Number);
        if (record?.Generation == delta.Generation)
        {
            return record.Apply(delta);
        }

        bool isLater = record is null ? _map.Records.Count < MemberMap.MembersMax : delta.Generation > record.Generation;
        var fresh = new MemberRecord(delta.Number, delta.Generation);
        if (!isLater || delta.After != 0 || !fresh.Apply(delta))
        {
            return false;
        }

        if (record is { Address: PeerAddress before } && fresh.Address == from && before != from &&
            _liveness.IsAlive(record.Number) && record.State != MemberState.Left)
        {
            SendRival(from, before, outbox);
        }

        _map.Adopt(fresh);
        _liveness.Met(delta.Number, now);
        return true;
    }

    /// <summary>Somebody is said to have this node's number: an earlier life of it, or another live process.</summary>
    private void MeetNamesake(MemberDelta delta, long now)
    {
        if (_ownGenerations.Contains(delta.Generation) || delta.Generation >= GenerationMax)
        {
            return;
        }

        var namesake = new MemberRecord(delta.Number, delta.Generation);
        if (delta.After == 0 && namesake.Apply(delta) && namesake.Address is PeerAddress address &&
            address != Self.Address)
        {
            _claims.Suspect(address, now);
        }

        _foreignGeneration = Math.Max(_foreignGeneration, delta.Generation);
        if (delta.Generation > Self.Generation)
        {
            BeginLife(delta.Generation);
        }
    }

    private ulong GenerationAfter(ulong generation) =>
        (((generation >> NonceBits) + 1) << NonceBits) | (_options.Nonce & ((1UL << NonceBits) - 1));

    private void BeginLife(ulong after)
    {
        MemberRecord next = Self.Reborn(GenerationAfter(Math.Max(after, Self.Generation)));
        next.Heartbeat = Self.Heartbeat;
        _ownGenerations.Add(next.Generation);
        _map.Become(next);
    }

    private void ReadClaim(PeerAddress from, ReadOnlySpan<byte> body, long now)
    {
        var reader = new RecordReader(body);
        if (reader.ReadUInt16() != Self.Number)
        {
            return;
        }

        var age = new ProcessAge(reader.ReadUInt64(), reader.ReadUInt64());
        if (_claims.Claimed(from, age, now))
        {
            _logger.LogError(
                "Another live node, at {Address}, has the number {Number}; {Who}", from, Self.Number,
                _claims.GivesWay ? "it is older, so this one stops serving" : "it is younger and must not serve");
        }
    }

    private void ReadRival(ReadOnlySpan<byte> body, long now)
    {
        var reader = new RecordReader(body);
        ushort port = reader.ReadUInt16();
        string host = Encoding.UTF8.GetString(reader.ReadRest());
        if (PeerAddress.IsHost(host) && port != 0 && new PeerAddress(host, port) != Self.Address)
        {
            _claims.Suspect(new PeerAddress(host, port), now);
        }
    }

    private void ExcuseStandstill(long now)
    {
        long gap = now - _lastTick;
        long usual = (long)_options.Interval.TotalMilliseconds;
        if (gap > 3 * usual)
        {
            _liveness.Excuse(gap - usual);
        }

        _lastTick = now;
    }

    private void CheckLiveness(long now)
    {
        foreach (ushort node in _liveness.Check(now))
        {
            if (_map.Find(node) is { State: not MemberState.Left } record)
            {
                _logger.LogWarning("Node {Node} at {Address} is down", node, record.Address);
            }
        }
    }

    private void Forget(long now)
    {
        foreach (MemberRecord record in _map.Records.ToArray())
        {
            if (record != Self && Silence(record, now) > KeptFor(record))
            {
                _map.Forget(record.Number);
                _liveness.Forget(record.Number);
            }
        }
    }

    private TimeSpan Silence(MemberRecord record, long now) =>
        TimeSpan.FromMilliseconds(_liveness.IsAlive(record.Number) ? 0 : now - _liveness.HeardAt(record.Number));

    private TimeSpan KeptFor(MemberRecord record) =>
        record.State == MemberState.Left && LeftKept < _options.ForgetAfter ? LeftKept : _options.ForgetAfter;

    /// <summary>What is soon to be forgotten is not told any more, or it would come back from those who forget later.
    /// </summary>
    private bool IsTold(MemberRecord record, long now) =>
        record == Self || Silence(record, now) < KeptFor(record) / 2;

    private HashSet<PeerAddress> ChoosePeers()
    {
        List<PeerAddress> live = [];
        List<PeerAddress> down = [];
        foreach (MemberRecord record in _map.Records)
        {
            if (record != Self && record.Address is PeerAddress address && record.State != MemberState.Left)
            {
                (_liveness.IsAlive(record.Number) ? live : down).Add(address);
            }
        }

        HashSet<PeerAddress> chosen = _contacts.Choose(live, down);
        if (Self.Address is PeerAddress own)
        {
            chosen.Remove(own);
        }

        return chosen;
    }

    /// <summary>Everybody shall know at once; who misses it hears of it in the usual way.</summary>
    private void TellState(List<OutgoingDatagram> outbox)
    {
        _tellsState = false;
        MemberDelta self = Self.DeltaAfter(0);
        foreach (MemberRecord record in _map.Records)
        {
            if (record != Self && _liveness.IsAlive(record.Number) && record.Address is PeerAddress address &&
                _seal.IsBoundTo(address))
            {
                SendBody(GossipKind.Ack, address, isWhole: false, [], [self], outbox);
            }
        }
    }

    private List<DigestLine> Digest(int room, long now, out bool isWhole) =>
        _map.Digest(room, r => IsTold(r, now), _random, out isWhole);

    private List<MemberDelta> DeltasFor(GossipBody body, int room, long now) =>
        _map.DeltasFor(body, room, r => IsTold(r, now), _random);

    private void Refresh(long now) => View = _views.Build(_map, _liveness, now);

    private void SendSyn(PeerAddress to, long now, List<OutgoingDatagram> outbox)
    {
        List<DigestLine> digest = Digest(Room, now, out bool isWhole);
        SendBody(GossipKind.Syn, to, isWhole, digest, [], outbox);
    }

    private void SendBody(
        GossipKind kind, PeerAddress to, bool isWhole, List<DigestLine> digest, List<MemberDelta> deltas,
        List<OutgoingDatagram> outbox)
    {
        _writer.Clear();
        GossipCodec.Write(_writer, isWhole, digest, deltas);
        Send(kind, to, _writer.Written, outbox);
    }

    private void SendRival(PeerAddress to, PeerAddress rival, List<OutgoingDatagram> outbox)
    {
        byte[] host = Encoding.UTF8.GetBytes(rival.Host);
        byte[] body = new byte[2 + host.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(body, rival.Port);
        host.CopyTo(body, 2);
        Send(GossipKind.Rival, to, body, outbox);
    }

    private void SendAge(GossipKind kind, PeerAddress to, List<OutgoingDatagram> outbox)
    {
        Span<byte> body = stackalloc byte[18];
        BinaryPrimitives.WriteUInt16LittleEndian(body, Self.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(body[2..], _claims.Age.Since);
        BinaryPrimitives.WriteUInt64LittleEndian(body[10..], _claims.Age.Nonce);
        Send(kind, to, body, outbox);
    }

    private void Send(GossipKind kind, PeerAddress to, ReadOnlySpan<byte> body, List<OutgoingDatagram> outbox)
    {
        byte[] datagram = _seal.Seal(kind, to, body);
        Tally.Sent(datagram.Length);
        outbox.Add(new OutgoingDatagram(to, datagram));
    }
}
