using System.Net;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Access;
using Marekvs.Host.Commands;
using Marekvs.Host.Routing;
using Marekvs.Host.Tracking;
using Marekvs.Storage.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Marekvs.Host.Connections;

/// <summary>
/// What the node knows of one connection. Its own loop writes it; other threads read figures from it, and reach it
/// through <see cref="Push"/>, <see cref="Wake"/>, <see cref="Kill"/> and <see cref="TryUnblockWithError"/> only.
/// </summary>
internal sealed class Session : ISession, ITicketHolder, IThreadPoolWorkItem
{
    private const int SetByOthers = (int)SessionFlags.Restricted;

    private readonly ConnectionContext _connection;
    private volatile int _flags;
    private ulong _redactedArguments;
    private int _wait;
    private int _wakeQueued;
    private volatile bool _isKilled;
    private volatile bool _isClosing;
    private volatile bool _isLeaving;

    /// <summary>Creates the session of a connection.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="clients">The registry it belongs to.</param>
    public Session(long id, ConnectionContext connection, ClientRegistry clients)
    {
        Id = id;
        _connection = connection;
        Transaction = new SessionTransaction(this);
        Clients = clients;
        Tally = new CommandTally(clients.CallTimes);
        CreatedAt = clients.Time.GetTimestamp();
        LastInteraction = CreatedAt;
        RemoteAddress = AddressOf(connection.RemoteEndPoint ?? connection.LocalEndPoint);
        LocalAddress = AddressOf(connection.LocalEndPoint);
        IsLocalSocket = connection.LocalEndPoint is not (null or IPEndPoint);
        IsOnThisMachine = connection.RemoteEndPoint is not IPEndPoint remote || IsLoopback(remote.Address);
        User = clients.Users.Default;
    }

    /// <inheritdoc/>
    public long Id { get; }

    /// <inheritdoc/>
    public bool InTransaction => Transaction.IsRunning;

    /// <inheritdoc/>
    public bool NoTouch { get; set; }

    /// <inheritdoc/>
    public bool MayReadEveryKey => User.Rules.ReadsEveryKey;

    /// <inheritdoc/>
    public Subscriptions Subscriptions { get; } = new();

    /// <inheritdoc/>
    public int ProtocolVersion => Writer.ProtocolVersion;

    /// <summary>What it has to do with client-side caching.</summary>
    public SessionTracking Tracking { get; } = new();

    /// <inheritdoc/>
    public bool TracksReads => Tracking.TracksReads;

    /// <summary>The registry it belongs to.</summary>
    public ClientRegistry Clients { get; }

    /// <summary>The client's address.</summary>
    public string RemoteAddress { get; }

    /// <summary>The address it connected to.</summary>
    public string LocalAddress { get; }

    /// <summary>Whether it came through a socket of the file system.</summary>
    public bool IsLocalSocket { get; }

    /// <summary>Whether the client runs on this machine.</summary>
    public bool IsOnThisMachine { get; }

    /// <summary>The descriptor of the socket, -1 without one.</summary>
    public long Descriptor => _connection.Features.Get<IConnectionSocketFeature>()?.Socket.Handle ?? -1;

    /// <summary>When it connected, as a timestamp of the clock.</summary>
    public long CreatedAt { get; }

    /// <summary>When it last sent a command, as a timestamp of the clock.</summary>
    public long LastInteraction { get; set; }

    /// <summary>The name it gave itself, or empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name of its client library, or empty.</summary>
    public string LibraryName { get; set; } = "";

    /// <summary>The version of its client library, or empty.</summary>
    public string LibraryVersion { get; set; } = "";

    /// <summary>The user it acts as.</summary>
    public AclUser User { get; private set; }

    /// <summary>What makes its commands leave the fast path. Its own loop sets it, but for what others may.</summary>
    public SessionFlags Flags
    {
        get => (SessionFlags)_flags;
        set
        {
            int seen;
            int wanted;
            do
            {
                seen = _flags;
                wanted = ((int)value & ~SetByOthers) | (seen & SetByOthers);
            }
            while (Interlocked.CompareExchange(ref _flags, wanted, seen) != seen);
        }
    }

    /// <summary>Whether it asked not to be closed for memory (CLIENT NO-EVICT).</summary>
    public bool NoEvict { get; set; }

    /// <summary>Whether it is fed every command (MONITOR).</summary>
    public bool IsMonitor { get; set; }

    /// <summary>The command that runs or ran last, or null.</summary>
    public CommandEntry? LastCommand { get; set; }

    /// <summary>Bit i set: argument i of the command that runs must not be shown to monitors and in logs. Set by its handler,
    /// forgotten when the command has ended.</summary>
    public ulong RedactedArguments
    {
        get => _redactedArguments;
        set
        {
            _redactedArguments = value;
            Flags |= SessionFlags.Redacts;
        }
    }

    /// <summary>Whether an argument of the command that runs must not be shown.</summary>
    /// <param name="index">The argument.</param>
    public bool IsRedacted(int index) => index < 64 && (_redactedArguments & (1UL << index)) != 0;

    /// <summary>Replies not yet sent.</summary>
    public RespWriter Writer { get; } = new();

    /// <summary>What the keyspace keeps of the running call.</summary>
    public CallTicket Ticket { get; } = new();

    /// <summary>What runs for it at other nodes.</summary>
    public SessionRouting Routing { get; } = new();

    /// <summary>What it has queued and watches.</summary>
    public SessionTransaction Transaction { get; }

    /// <summary>What other threads have to say to the client.</summary>
    public PushQueue Pushes { get; } = new();

    /// <summary>Counts its commands.</summary>
    public CommandTally Tally { get; }

    /// <summary>Bytes received that have not been run.</summary>
    public int QueryBytes { get; set; }

    /// <summary>Reply bytes the client does not take.</summary>
    public long StalledBytes { get; set; }

    /// <summary>Output waiting for the client to take it.</summary>
    public long OutputBytes => StalledBytes + Pushes.Bytes;

    /// <summary>Memory it takes: what waits to be run, queued commands, and output.</summary>
    public long MemoryBytes => QueryBytes + Transaction.Commands.Bytes + Writer.Length + OutputBytes;

    /// <summary>Since when the soft output limit has been exceeded, as a timestamp; 0 when it is not.</summary>
    public long OverSoftLimitSince { get; set; }

    private Task<byte[]>? LateReply { get; set; }

    /// <summary>Whether it is being closed without regard to its replies.</summary>
    public bool IsKilled => _isKilled;

    /// <summary>Whether others need not know of it any more.</summary>
    public bool IsGone => _isKilled || _isLeaving;

    /// <summary>Whether it is to close once its commands are answered.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>What it waits for.</summary>
    public SessionWait Wait => (SessionWait)Volatile.Read(ref _wait);

    /// <summary>Whether it listens to anything.</summary>
    public bool IsSubscribed => (Flags & SessionFlags.Subscribed) != 0;

    /// <summary>Whether it may wait no longer for its password.</summary>
    public bool IsAuthenticated => (Flags & SessionFlags.Unauthenticated) == 0;

    /// <summary>Forgets which arguments were secret.</summary>
    public void EndRedaction()
    {
        _redactedArguments = 0;
        Flags &= ~SessionFlags.Redacts;
    }

    /// <summary>Lets it act as a user from now on; only <see cref="UserDirectory"/> does.</summary>
    /// <param name="user">The user.</param>
    public void ActAs(AclUser user)
    {
        User = user;
        RefreshAccess();
    }

    /// <summary>Takes note of its user's rules, from any thread; only <see cref="UserDirectory"/> does.</summary>
    public void RefreshAccess()
    {
        if (User.Rules.IsUnrestricted)
        {
            Interlocked.And(ref _flags, ~(int)SessionFlags.Restricted);
        }
        else
        {
            Interlocked.Or(ref _flags, (int)SessionFlags.Restricted);
        }
    }

    /// <summary>Marks it as authenticated.</summary>
    public void Authenticate() => Flags &= ~SessionFlags.Unauthenticated;

    /// <summary>Closes the connection when the replies so far are sent; only its own commands do.</summary>
    public void CloseAfterReply() => Flags |= SessionFlags.CloseAfterReply;

    /// <summary>Takes the reply of the command that runs from a task, while neither its thread nor any other client
    /// waits; later commands of this connection do.</summary>
    /// <param name="reply">Gives the whole reply and does not fail.</param>
    public void ReplyLater(Task<byte[]> reply)
    {
        LateReply = reply;
        Flags |= SessionFlags.LateReply;
    }

    /// <summary>Takes the reply that comes later, if there is one.</summary>
    public Task<byte[]>? TakeLateReply()
    {
        Task<byte[]>? reply = LateReply;
        LateReply = null;
        return reply;
    }

    /// <summary>It has nothing to do but to send its last replies. When the client has them, nobody may take it for a
    /// connection any more.</summary>
    public void Leave()
    {
        _isLeaving = true;
        Clients.Retire(this);
    }

    /// <summary>Closes the connection when it has nothing under way.</summary>
    public void CloseWhenIdle()
    {
        _isClosing = true;
        Wake();
    }

    /// <summary>Closes the connection now, from any thread.</summary>
    public void Kill()
    {
        _isKilled = true;
        Wake();
    }

    /// <inheritdoc/>
    public bool Push(ReadOnlySpan<byte> bytes)
    {
        if (_isKilled)
        {
            return false;
        }

        if (!Pushes.TryAdd(bytes, Clients.PushBytesMax(this) - StalledBytes))
        {
            Clients.CloseForOutput(this);
            return false;
        }

        Wake();
        return true;
    }

    /// <summary>Puts what was pushed behind the replies so far.</summary>
    public void TakePushes()
    {
        if (Pushes.Bytes > 0)
        {
            Pushes.Take();
            Writer.Raw(Pushes.Taken);
        }
    }

    /// <inheritdoc/>
    public void Track(CommandSpec command, CommandArgs args) => Clients.Tracking.Remember(this, command, args);

    /// <inheritdoc/>
    public void OnSubscriptionsChanged()
    {
        Flags = Subscriptions.IsEmpty ? Flags & ~SessionFlags.Subscribed : Flags | SessionFlags.Subscribed;
        if (!InTransaction)
        {
            // Within a transaction the reply is an array, in the middle of which nothing else may come.
            TakePushes();
        }
    }

    /// <summary>Makes the loop look up, from any thread. The loop never runs on the caller's stack.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakeQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Begins a wait.</summary>
    /// <param name="wait">For what.</param>
    public void BeginWait(SessionWait wait) => Volatile.Write(ref _wait, (int)wait);

    /// <summary>Ends a wait.</summary>
    /// <returns>What it was; <see cref="SessionWait.Unblocked"/> when CLIENT UNBLOCK ERROR came.</returns>
    public SessionWait EndWait() => (SessionWait)Interlocked.Exchange(ref _wait, (int)SessionWait.None);

    /// <summary>Ends a wait for keys with an error, from any thread.</summary>
    /// <returns>False when there is no such wait.</returns>
    public bool TryUnblockWithError()
    {
        if (Routing.Call is { } call)
        {
            call.Stop(CallStop.Unblock);
            return true;
        }

        const int Keys = (int)SessionWait.Keys;
        if (Interlocked.CompareExchange(ref _wait, (int)SessionWait.Unblocked, Keys) != Keys)
        {
            return false;
        }

        Wake();
        return true;
    }

    /// <summary>Ends a wait for keys as if its time were up, from any thread.</summary>
    /// <returns>False when there is no such wait.</returns>
    public bool TryTimeOut()
    {
        if (Routing.Call is { } call)
        {
            call.Stop(CallStop.TimeOut);
            return true;
        }

        return Ticket.TimeOutNow();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _wakeQueued, 0);
        if (_isKilled)
        {
            _connection.Abort();
        }

        _connection.Transport.Input.CancelPendingRead();
    }

    /// <summary>Whether an address is this machine's own.</summary>
    /// <param name="address">The address.</param>
    public static bool IsLoopback(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    private static string AddressOf(EndPoint? endPoint) => endPoint switch
    {
        null => "?:0",
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        IPEndPoint ip => ip.ToString(),
        _ => $"{endPoint}:0",
    };
}

/// <summary>What a session waits for.</summary>
internal enum SessionWait
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A key (BLPOP and its like).</summary>
    Keys,

    /// <summary>The end of CLIENT PAUSE.</summary>
    Pause,

    /// <summary>It waited for keys, and CLIENT UNBLOCK asked for an error.</summary>
    Unblocked,
}
