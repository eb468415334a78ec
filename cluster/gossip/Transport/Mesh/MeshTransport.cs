using System.Net;
using System.Net.Sockets;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>What the mesh tells.</summary>
internal interface IMeshSink
{
    /// <summary>Why a node is not let in, or null.</summary>
    string? WhyNot(MeshHello hello);

    /// <summary>All lanes to a node are open.</summary>
    void Up(ushort node);

    /// <summary>No longer.</summary>
    void Down(ushort node);

    /// <summary>A part of a long message came.</summary>
    void Expect(ushort node);

    /// <summary>A message came.</summary>
    void Receive(ushort node, byte[] message);
}

/// <summary>
/// Connections to all other nodes, one for each lane, so that bulk never delays the rest. Of two nodes the one with the
/// lower number connects. A lane that breaks takes the others with it, and both start anew.
/// </summary>
internal sealed class MeshTransport : IAsyncDisposable
{
    /// <summary>How many lanes there are.</summary>
    public const int Lanes = 2;

    private static readonly TimeSpan IntroducedWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TroubleAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AcceptAgainAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(100);

    // How long a link that is whole again may go unnoticed: so much of one attempt, and then of one pause.
    private static readonly TimeSpan ConnectedWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HeldLong = TimeSpan.FromSeconds(5);

    private readonly Func<byte, MeshHello> _hello;
    private readonly MeshHandshake _handshake;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IMeshSink _sink;
    private readonly Socket _listener;
    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, MeshConnection?[]> _open = [];
    private readonly Dictionary<ushort, Dialer> _dialers = [];
    private readonly MeshTraffic[] _traffic = [.. Enumerable.Range(0, Lanes).Select(_ => new MeshTraffic())];
    private readonly List<Task> _tasks = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Introductions _introductions = new();
    private readonly Complaints _complaints;
    private long _refused;

    /// <param name="listen">Where others connect.</param>
    /// <param name="hello">This node's hello for a lane.</param>
    /// <param name="secret">The secret derived for the mesh.</param>
    /// <param name="sink">Is told of everything; its methods return at once.</param>
    /// <param name="complaints">Is told of those that cannot be talked to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Reports.</param>
    /// <exception cref="ClusterException">The address cannot be bound.</exception>
    public MeshTransport(
        PeerAddress listen, Func<byte, MeshHello> hello, ClusterSecret secret, IMeshSink sink, Complaints complaints,
        TimeProvider time, ILogger logger)
    {
        (_hello, _sink, _complaints, _time, _logger) = (hello, sink, complaints, time, logger);
        _handshake = new MeshHandshake(new SecretProof(secret));
        try
        {
            _listener = ListenSocket.Open(listen, SocketType.Stream, ProtocolType.Tcp);
            _listener.Listen(128);
        }
        catch (SocketException e)
        {
            throw new ClusterException($"the mesh cannot listen on {listen}: {e.Message}", e);
        }

        Port = (ushort)((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    /// <summary>Where it listens.</summary>
    public ushort Port { get; }

    /// <summary>Connections that were refused, by either end, or that brought what does not decode.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections that had to go before they were introduced, since too many came.</summary>
    public long Displaced => _introductions.Displaced;

    /// <summary>What was sent on each lane.</summary>
    public IReadOnlyList<MeshTraffic> Traffic => _traffic;

    public IReadOnlyList<ClusterLink> Links
    {
        get
        {
            lock (_lock)
            {
                return [.. _open.Values.SelectMany(lanes => lanes).OfType<MeshConnection>().Select(c =>
                    new ClusterLink(c.Node, c.IsOutgoing, c.CreatedAt, c.QueuedBytes))];
            }
        }
    }

    /// <summary>Begins to listen.</summary>
    public void Start() => Watch(AcceptAsync());

    /// <summary>Sets which nodes to connect to, and where they are.</summary>
    public void SetPeers(IReadOnlyDictionary<ushort, PeerAddress> peers)
    {
        lock (_lock)
        {
            foreach ((ushort node, Dialer dialer) in _dialers)
            {
                if (!peers.TryGetValue(node, out PeerAddress place) || place != dialer.Place)
                {
                    dialer.End.Cancel();
                    _dialers.Remove(node);
                }
            }

            foreach ((ushort node, PeerAddress place) in peers)
            {
                if (!_dialers.ContainsKey(node) && !_end.IsCancellationRequested)
                {
                    var dialer = new Dialer(place, CancellationTokenSource.CreateLinkedTokenSource(_end.Token));
                    _dialers[node] = dialer;
                    for (byte lane = 0; lane < Lanes; lane++)
                    {
                        Watch(DialAsync(node, lane, dialer));
                    }
                }
            }
        }
    }

    /// <summary>Sends a message, or drops it when the node is not connected.</summary>
    public void Send(ushort node, byte lane, byte[] message)
    {
        MeshConnection? connection;
        lock (_lock)
        {
            connection = _open.GetValueOrDefault(node)?[lane];
        }

        connection?.Send(message);
    }

    /// <summary>Bytes that wait to be sent to a node.</summary>
    public long QueuedBytes(ushort node, byte lane)
    {
        lock (_lock)
        {
            return _open.GetValueOrDefault(node)?[lane]?.QueuedBytes ?? 0;
        }
    }

    /// <summary>Ends the connections to a node; those that connect will do so again.</summary>
    public void Drop(ushort node)
    {
        lock (_lock)
        {
            foreach (MeshConnection? connection in _open.GetValueOrDefault(node) ?? [])
            {
                connection?.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Task[] tasks;
        lock (_lock)
        {
            foreach (MeshConnection? connection in _open.Values.SelectMany(lanes => lanes))
            {
                connection?.Close();
            }

            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
        _end.Dispose();
    }

    private void Watch(Task task)
    {
        lock (_lock)
        {
            _tasks.RemoveAll(t => t.IsCompletedSuccessfully);
            _tasks.Add(task);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_end.Token);
                Watch(AnswerAsync(socket));
            }
            catch (SocketException e)
            {
                // As when there are no more files; whoever wants to connect waits.
                _complaints.Tell("The mesh accepts no connection", e.Message);
                await Task.Delay(AcceptAgainAfter, _time);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        if (!_introductions.Add(within))
        {
            _complaints.Tell("Too many connect to the mesh", "those that have been silent longest are dropped");
        }

        // The work of a connection never holds up the one that accepts.
        await Task.Yield();
        string place = "somebody";
        try
        {
            using Socket held = socket;
            within.CancelAfter(IntroducedWithin);
            socket.NoDelay = true;
            place = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? place;
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            MeshHello other = await _handshake.AnswerAsync(stream, _hello, WhyNot, within.Token);
            _introductions.Remove(within);
            await ServeAsync(new MeshConnection(stream, other, isOutgoing: false, _traffic[other.Lane], _time));
        }
        catch (Exception e) when (IsFailure(e))
        {
            Tell(place, e);
        }
        finally
        {
            _introductions.Remove(within);
        }
    }

    private string? WhyNot(MeshHello hello) =>
        hello.Lane >= Lanes ? "there is no such lane" : _sink.WhyNot(hello);

    private async Task DialAsync(ushort node, byte lane, Dialer dialer)
    {
        await Task.Yield();
        TimeSpan backOff = BackOffMin;
        while (!dialer.End.IsCancellationRequested)
        {
            long began = _time.GetTimestamp();
            try
            {
                await CallAsync(node, lane, dialer);
            }
            catch (Exception e) when (IsFailure(e))
            {
                Tell($"node {node} at {dialer.Place}", e);
            }

            bool wasLong = _time.GetElapsedTime(began) > HeldLong;
            backOff = wasLong ? BackOffMin : backOff * 2 > BackOffMax ? BackOffMax : backOff * 2;
            await Task.Delay(backOff, _time, dialer.End.Token).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task CallAsync(ushort node, byte lane, Dialer dialer)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(dialer.End.Token);
        within.CancelAfter(IntroducedWithin);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var connected = CancellationTokenSource.CreateLinkedTokenSource(within.Token);
        connected.CancelAfter(ConnectedWithin);
        try
        {
            await socket.ConnectAsync(dialer.Place.Host, dialer.Place.Port, connected.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        await using var stream = new NetworkStream(socket, ownsSocket: true);
        MeshHello other = await _handshake.CallAsync(stream, _hello(lane), node, within.Token);
        var connection = new MeshConnection(stream, other, isOutgoing: true, _traffic[lane], _time);
        await using CancellationTokenRegistration end = dialer.End.Token.Register(connection.Close);
        await ServeAsync(connection);
    }

    private async Task ServeAsync(MeshConnection connection)
    {
        Open(connection);
        string reason = await connection.RunAsync(
            message => _sink.Receive(connection.Node, message), () => _sink.Expect(connection.Node));
        Shut(connection);
        _logger.LogDebug("The connection to node {Node} has ended: {Reason}", connection.Node, reason);
        connection.Dispose();
        if (connection.IsDamaged)
        {
            Interlocked.Increment(ref _refused);
            _complaints.Tell($"The connection to node {connection.Node} was dropped", reason);
        }
    }

    private void Open(MeshConnection connection)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(connection.Node, out MeshConnection?[]? lanes))
            {
                _open[connection.Node] = lanes = new MeshConnection?[Lanes];
            }

            // A newer connection in a lane means that the other end has given up the older one.
            if (lanes[connection.Lane] is MeshConnection older)
            {
                CloseAll(connection.Node, lanes);
                older.Close();
            }

            lanes[connection.Lane] = connection;
            if (_end.IsCancellationRequested)
            {
                connection.Close();
            }

            if (Array.TrueForAll(lanes, lane => lane is not null))
            {
                _logger.LogInformation("Connected with node {Node}", connection.Node);
                _sink.Up(connection.Node);
            }
        }
    }

    private void Shut(MeshConnection connection)
    {
        lock (_lock)
        {
            MeshConnection?[] lanes = _open[connection.Node];
            if (lanes[connection.Lane] == connection)
            {
                CloseAll(connection.Node, lanes);
            }
        }
    }

    private void CloseAll(ushort node, MeshConnection?[] lanes)
    {
        if (Array.TrueForAll(lanes, lane => lane is not null))
        {
            _logger.LogInformation("No longer connected with node {Node}", node);
            _sink.Down(node);
        }

        foreach (MeshConnection? lane in lanes)
        {
            lane?.Close();
        }

        Array.Clear(lanes);
    }

    /// <summary>Nodes that have just met may still refuse each other; that is not worth a warning, and that one is not
    /// there is known from gossip.</summary>
    private void Tell(string place, Exception e)
    {
        bool isRefusal = e is MeshRefusedException or RecordFormatException;
        if (isRefusal)
        {
            Interlocked.Increment(ref _refused);
        }

        if (isRefusal && !_end.IsCancellationRequested)
        {
            _complaints.Tell($"No connection with {place}", e.Message, TroubleAfter);
        }
        else
        {
            _logger.LogDebug("No connection with {Place}: {Reason}", place, e.Message);
        }
    }

    private static bool IsFailure(Exception e) =>
        e is MeshRefusedException or RecordFormatException or IOException or SocketException
            or OperationCanceledException or ObjectDisposedException;

    private sealed record Dialer(PeerAddress Place, CancellationTokenSource End);
}
