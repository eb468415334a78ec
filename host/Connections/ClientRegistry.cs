using System.Collections.Concurrent;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Messaging;
using Marekvs.Host.Access;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Settings;
using Marekvs.Host.Tracking;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Connections;

/// <summary>
/// All connections: who may come in, who is closed for idling or for not taking its output, who is held by a pause and
/// who is fed as a monitor.
/// </summary>
internal sealed class ClientRegistry : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Session> _sessions = new();
    private readonly Lock _attentionLock = new();
    private readonly ILogger _logger;
    private readonly ITimer _sweep;
    private long _lastId;
    private int _count;
    private volatile bool _needsAttention;
    private volatile byte[]? _refusal;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="settings">The live settings.</param>
    /// <param name="statistics">Where connections are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where closed connections are reported.</param>
    public ClientRegistry(
        LiveSettings settings, ServerStatistics statistics, TimeProvider time, ILogger<ClientRegistry> logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        Settings = settings;
        Statistics = statistics;
        Time = time;
        _logger = logger;
        CallTimes = new CallTimes(time);
        Users = new UserDirectory(this);
        Pause = new PauseGate(time, OnPauseEnded);
        Monitors = new MonitorFeed(time);
        Tracking = new ClientTracking(this);
        _sweep = time.CreateTimer(static registry => ((ClientRegistry)registry!).Sweep(), this, SweepInterval,
            SweepInterval);
    }

    /// <summary>The live settings.</summary>
    public LiveSettings Settings { get; }

    /// <summary>Where connections are counted.</summary>
    public ServerStatistics Statistics { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What is done about how long calls take.</summary>
    public CallTimes CallTimes { get; }

    /// <summary>The users connections act as.</summary>
    public UserDirectory Users { get; }

    /// <summary>What CLIENT PAUSE holds; changed through <see cref="BeginPause"/>.</summary>
    public PauseGate Pause { get; }

    /// <summary>Who is fed as a monitor; changed through this registry.</summary>
    public MonitorFeed Monitors { get; }

    /// <summary>Tells connections that what they have read has changed.</summary>
    public ClientTracking Tracking { get; }

    /// <summary>Brings messages to the connections that listen.</summary>
    public MessageHub Messages { get; init; } = new();

    /// <summary>Connections now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a pause, a monitor or a refusal makes all commands leave the fast path.</summary>
    public bool NeedsAttention => _needsAttention;

    /// <summary>What HELLO and INFO call the kind of node this is: <c>standalone</c> or <c>cluster</c>.</summary>
    public string Mode { get; set; } = "standalone";

    /// <summary>Why commands on data are refused now: an error with its code. Null when they are not.</summary>
    public ReadOnlySpan<byte> Refusal => _refusal;

    /// <summary>Connections that wait for keys (<c>blocked_clients</c>).</summary>
    public int BlockedCount => _sessions.Count(session => session.Value.Wait is SessionWait.Keys or SessionWait.Pause);

    /// <summary>The connections by number; those being closed are left out.</summary>
    public IReadOnlyList<Session> Sessions =>
        [.. _sessions.Values.Where(session => !session.IsGone).OrderBy(session => session.Id)];

    /// <summary>Finds a connection.</summary>
    /// <param name="id">Its number.</param>
    public Session? Find(long id) =>
        _sessions.TryGetValue(id, out Session? session) && !session.IsGone ? session : null;

    /// <summary>Lets a connection in.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>Its session, or null when there are too many.</returns>
    public Session? TryAdd(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (Interlocked.Increment(ref _count) > Settings.MaxClients)
        {
            Interlocked.Decrement(ref _count);
            return null;
        }

        var session = new Session(Interlocked.Increment(ref _lastId), connection, this);
        _sessions[session.Id] = session;
        Users.Reset(session);
        Statistics.CountConnection();
        return session;
    }

    /// <summary>Forgets a connection that has ended.</summary>
    /// <param name="session">Its session.</param>
    public void Remove(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (_sessions.TryRemove(session.Id, out _))
        {
            Interlocked.Decrement(ref _count);
            RemoveMonitor(session);
            Retire(session);
        }
    }

    /// <summary>Refuses commands on data from now on, or no longer.</summary>
    /// <param name="reason">An error with its code, or null.</param>
    public void Refuse(string? reason)
    {
        _refusal = reason is null ? null : Encoding.UTF8.GetBytes(reason);
        RefreshAttention();
    }

    /// <summary>Lets a connection be told nothing more; only its own loop does.</summary>
    /// <param name="session">Its session.</param>
    public void Retire(Session session)
    {
        Messages.Leave(session);
        Tracking.Stop(session);
    }

    /// <summary>Feeds every command to a connection from now on.</summary>
    /// <param name="session">The monitor.</param>
    public void AddMonitor(Session session)
    {
        Monitors.Add(session);
        RefreshAttention();
    }

    /// <summary>Ends the feed of a connection, if it has one.</summary>
    /// <param name="session">The monitor.</param>
    public void RemoveMonitor(Session session)
    {
        Monitors.Remove(session);
        RefreshAttention();
    }

    /// <summary>Holds commands back.</summary>
    /// <param name="length">How long.</param>
    /// <param name="kind">Which.</param>
    public void BeginPause(TimeSpan length, PauseKind kind)
    {
        Pause.Pause(length, kind);
        RefreshAttention();
    }

    /// <summary>How many pushed bytes may wait for a connection.</summary>
    /// <param name="session">The connection.</param>
    public long PushBytesMax(Session session)
    {
        long hard = LimitOf(session).HardBytes;
        return hard == 0 ? Limits.PushBytesMax : Math.Min(hard, Limits.PushBytesMax);
    }

    /// <summary>The output limit of a connection's class.</summary>
    /// <param name="session">The connection.</param>
    public OutputLimit LimitOf(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.IsSubscribed ? Settings.OutputLimits.PubSub : Settings.OutputLimits.Normal;
    }

    /// <summary>Closes a connection that does not take its output.</summary>
    /// <param name="session">The connection.</param>
    public void CloseForOutput(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!session.IsKilled)
        {
            session.Kill();
            Statistics.CountOutputLimit();
            _logger.LogWarning(
                "Client id={Id} addr={Address} closed: {Bytes} bytes of output waited for it, beyond its "
                + "client-output-buffer-limit", session.Id, session.RemoteAddress, session.OutputBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweep.Dispose();
        Pause.Dispose();
    }

    /// <summary>Closes what has idled or stalled for too long.</summary>
    private void Sweep()
    {
        long now = Time.GetTimestamp();
        TimeSpan timeout = TimeSpan.FromSeconds(Settings.TimeoutSeconds);
        foreach (Session session in _sessions.Values)
        {
            if (timeout > TimeSpan.Zero && !session.IsMonitor && !session.IsSubscribed && session.Wait == SessionWait.None &&
                Time.GetElapsedTime(session.LastInteraction, now) > timeout)
            {
                _logger.LogDebug("Closing idle client id={Id} addr={Address}", session.Id, session.RemoteAddress);
                session.Kill();
            }
            else
            {
                CheckOutput(session, now);
            }
        }
    }

    private void CheckOutput(Session session, long now)
    {
        OutputLimit limit = LimitOf(session);
        long waiting = session.OutputBytes;
        if (limit.HardBytes > 0 && waiting > limit.HardBytes)
        {
            CloseForOutput(session);
        }
        else if (limit.SoftBytes == 0 || waiting <= limit.SoftBytes)
        {
            session.OverSoftLimitSince = 0;
        }
        else if (session.OverSoftLimitSince == 0)
        {
            session.OverSoftLimitSince = now;
        }
        else if (Time.GetElapsedTime(session.OverSoftLimitSince, now).TotalSeconds > limit.SoftSeconds)
        {
            CloseForOutput(session);
        }
    }

    private void OnPauseEnded()
    {
        RefreshAttention();
        foreach (Session session in _sessions.Values)
        {
            if (session.Wait == SessionWait.Pause)
            {
                session.Wake();
            }
        }
    }

    private void RefreshAttention()
    {
        // Under a lock, so that an older view never overwrites a newer one.
        lock (_attentionLock)
        {
            _needsAttention = Pause.Kind != PauseKind.None || Monitors.HasAny || _refusal is not null;
        }
    }
}
