using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>Gives the protocol of membership what it does without: a socket, a timer, a clock, a file.</summary>
internal sealed class MembershipDriver : IAsyncDisposable
{
    private readonly ClusterContext _context;
    private readonly GossipSettings _settings;
    private readonly MembershipProtocol _protocol;
    private readonly UdpTransport _transport;
    private readonly MemoryFile _file;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly long _startedTicks;
    private readonly long _startedAt;
    private readonly byte[] _ports = new byte[8];
    private ClusterView _view;
    private string? _refusal;
    private bool _isSettled;
    private ITimer? _timer;
    private Task _receiving = Task.CompletedTask;

    /// <exception cref="ClusterException">The address cannot be bound.</exception>
    public MembershipDriver(ClusterContext context, GossipSettings settings)
    {
        (_context, _settings) = (context, settings);
        _file = new MemoryFile(context.Directory, context.Logger);
        _startedTicks = context.Time.GetTimestamp();
        _startedAt = context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        _transport = new UdpTransport(settings.Gossip, context.Time, context.Logger);
        _protocol = new MembershipProtocol(
            Options(),
            new DatagramSeal(
                ClusterSecret.Derive(settings.Secret, settings.ClusterName, "gossip"), settings.ClusterName,
                NextSession),
            context.Random, context.Logger, _startedAt);
        Introduce();
        _view = _protocol.View;
        _file.Write(_protocol.Memory);
    }

    /// <summary>Called after every round and every change of the view, outside any lock.</summary>
    public Action OnRound { get; set; } = () => { };

    public ClusterView View
    {
        get => Volatile.Read(ref _view);
        private set => Volatile.Write(ref _view, value);
    }

    /// <summary>Why this node must not serve, or null.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>See <see cref="MembershipProtocol.IsSettled"/>.</summary>
    public bool IsSettled => Volatile.Read(ref _isSettled);

    public ushort GossipPort => _transport.Port;

    /// <summary>Milliseconds since 1970; never goes back.</summary>
    private long Now => _startedAt + (long)_context.Time.GetElapsedTime(_startedTicks).TotalMilliseconds;

    /// <summary>Begins to listen and to speak.</summary>
    public void Start()
    {
        _receiving = _transport.ReceiveAsync(Receive, _end.Token);
        _timer = _context.Time.CreateTimer(
            static driver => ((MembershipDriver)driver!).Round(), this, TimeSpan.Zero, _settings.Interval);
    }

    /// <summary>This node enters another part of its life; the others hear of it at once.</summary>
    public void Enter(MemberState state)
    {
        lock (_lock)
        {
            if (_protocol.Self.State == state)
            {
                return;
            }

            _protocol.Enter(state, Now);
        }

        Round();
    }

    /// <summary>Tells the others where this node listens; 0 leaves a port as it was.</summary>
    public void TellPorts(int mesh = 0, int resp = 0, int http = 0)
    {
        lock (_lock)
        {
            SetPort(1, mesh);
            SetPort(2, resp);
            SetPort(3, http);
            _protocol.Publish(MemberKey.Ports, _ports, Now);
            View = _protocol.View;
        }
    }

    public IReadOnlyList<ClusterFigure> ReadFigures()
    {
        lock (_lock)
        {
            return [.. _protocol.Tally.Figures()];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await _end.CancelAsync();
        _transport.Dispose();
        await _receiving;
        _end.Dispose();
    }

    private static ulong NextSession()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private MembershipOptions Options() => new()
    {
        Number = _context.Replica.Origin.Node,
        ClusterName = _settings.ClusterName,
        Replicas = _settings.Replicas,
        Interval = _settings.Interval,
        DownAfter = _settings.DownAfter,
        ForgetAfter = _settings.ForgetAfter,
        Seeds = _settings.Seeds,
        Memory = _file.Read(),
        Nonce = NextSession(),
    };

    private void Introduce()
    {
        IReplica replica = _context.Replica;
        byte[] fingerprint = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(fingerprint, replica.RecordFingerprint);
        SetPort(0, _transport.Port);
        _protocol.Publish(MemberKey.State, [(byte)MemberState.Joining], Now);
        _protocol.Publish(MemberKey.Host, Encoding.UTF8.GetBytes(AdvertisedHost.Of(_settings)), Now);
        _protocol.Publish(MemberKey.Ports, _ports, Now);
        PublishOrigin();
        _protocol.Publish(MemberKey.Journal, replica.JournalIdentity.ToByteArray(), Now);
        _protocol.Publish(MemberKey.Fingerprint, fingerprint, Now);
        _protocol.Publish(MemberKey.Zone, Encoding.UTF8.GetBytes(_settings.Zone), Now);
    }

    /// <summary>A node takes another incarnation when it learns that some of its past is missing.</summary>
    private void PublishOrigin()
    {
        byte[] origin = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(origin, _context.Replica.Origin.Value);
        _protocol.Publish(MemberKey.Origin, origin, Now);
    }

    private void SetPort(int index, int port)
    {
        if (port != 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_ports.AsSpan(2 * index), (ushort)port);
        }
    }

    private void Round()
    {
        List<OutgoingDatagram> outbox = [];
        PeerMemory memory;
        lock (_lock)
        {
            PublishOrigin();
            _protocol.Tick(Now, outbox);
            memory = _protocol.Memory;
            Look();
        }

        outbox.ForEach(_transport.Send);
        lock (_file)
        {
            _file.Write(memory);
        }

        OnRound();
    }

    private void Receive(PeerAddress from, ReadOnlySpan<byte> datagram)
    {
        List<OutgoingDatagram> outbox = [];
        bool isNews;
        lock (_lock)
        {
            _protocol.Receive(from, datagram, Now, outbox);
            isNews = Look();
        }

        outbox.ForEach(_transport.Send);
        if (isNews)
        {
            OnRound();
        }
    }

    private bool Look()
    {
        bool isNews = View.Number != _protocol.View.Number || Refusal != _protocol.Refusal;
        View = _protocol.View;
        Volatile.Write(ref _refusal, _protocol.Refusal);
        Volatile.Write(ref _isSettled, _protocol.IsSettled(Now));
        return isNews;
    }
}
