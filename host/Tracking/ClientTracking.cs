using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Tracking;

/// <summary>
/// Server-assisted client-side caching: remembers which connection has read what, and tells it when that changes. Reads
/// are noted, and changes told, while the key is entered, so a change is either seen by a read or told after it. A
/// key is told of once and then forgotten until it is read again.
/// </summary>
/// <remarks>https://redis.io/docs/latest/develop/reference/client-side-caching/</remarks>
internal sealed class ClientTracking : KeyspaceObserver
{
    private readonly Lock _lock = new();
    private readonly ClientRegistry _clients;
    private readonly TrackedKeys _keys;
    private readonly TrackedPrefixes _prefixes = new();
    private int _count;

    /// <summary>Creates a table without trackers.</summary>
    /// <param name="clients">All connections.</param>
    public ClientTracking(ClientRegistry clients)
    {
        _clients = clients;
        _keys = new TrackedKeys(id => clients.Find(id) is not null);
    }

    /// <summary>Connections that track.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Keys remembered.</summary>
    public long Keys => _keys.Count;

    /// <summary>Keys remembered, each times its readers.</summary>
    public long Items => _keys.Items;

    /// <summary>Different prefixes of broadcasts.</summary>
    public int Prefixes => _prefixes.All.Count;

    /// <summary>Tells a connection of changes from now on, or in another way.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="mode">How; prefixes are added to those it has.</param>
    public void Start(Session session, TrackingMode mode)
    {
        lock (_lock)
        {
            TrackingMode? before = session.Tracking.Mode;
            SortedSet<byte[]> prefixes = new(before?.Prefixes ?? [], TrackedPrefixes.ByteOrder);
            foreach (byte[] prefix in mode.Prefixes)
            {
                prefixes.Add(prefix);
                _prefixes.Add(prefix, session);
            }

            session.Tracking.Mode = mode with { Prefixes = [.. prefixes] };
            session.Tracking.IsRedirectBroken = false;
            session.Flags |= SessionFlags.Tracks;
            _count += before is null ? 1 : 0;
            IsWatching = true;
        }
    }

    /// <summary>Tells a connection nothing any more. Called by its own loop.</summary>
    /// <param name="session">The connection.</param>
    public void Stop(Session session)
    {
        if (session.Tracking.Mode is not { } mode)
        {
            return;
        }

        lock (_lock)
        {
            foreach (byte[] prefix in mode.Prefixes)
            {
                _prefixes.Remove(prefix, session);
            }

            session.Tracking.Mode = null;
            session.Tracking.IsCachingGiven = false;
            session.Tracking.IsRedirectBroken = false;
            session.Flags &= ~SessionFlags.Tracks;
            if (--_count == 0)
            {
                IsWatching = false;
                _keys.Clear();
            }
        }
    }

    /// <summary>Remembers what a connection has read.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="command">What it ran.</param>
    /// <param name="args">With which arguments.</param>
    public void Remember(Session session, CommandSpec command, CommandArgs args)
    {
        List<int> indexes = session.Tracking.KeyIndexes;
        indexes.Clear();
        if (command.Keys.TryFind(args, indexes))
        {
            foreach (int index in indexes)
            {
                _keys.Add(args[index], session.Id);
            }

            ForgetSome();
        }
    }

    /// <summary>Forgets keys until no more are remembered than may be; their readers are told as if they had changed.
    /// </summary>
    public void ForgetSome()
    {
        long most = _clients.Settings.TrackedKeysMax;
        while (most > 0 && _keys.Count > most && _keys.TakeAny(out byte[] key) is { } readers)
        {
            Invalidate(key, readers, by: null);
        }
    }

    /// <inheritdoc/>
    public override void Changed(ISession? by, IReadOnlyList<byte[]> names)
    {
        foreach (byte[] name in names)
        {
            if (_keys.Take(name) is { } readers)
            {
                Invalidate(name, readers, by);
            }
        }

        foreach (TrackedPrefix tracked in _prefixes.All)
        {
            Broadcast(tracked, by, names);
        }
    }

    /// <inheritdoc/>
    public override void Flushed(ISession? by)
    {
        foreach (Session session in _clients.Sessions)
        {
            if (session.Tracking.Mode is { } mode)
            {
                Send(session, mode, session.ProtocolVersion >= 3 ? "_\r\n"u8 : "$-1\r\n"u8);
            }
        }

        _keys.Clear();
    }

    private void Invalidate(byte[] key, KeyReaders readers, ISession? by)
    {
        ReadOnlySpan<byte> keys = Encode(key);
        foreach (long id in readers.Ids)
        {
            if (_clients.Find(id) is { Tracking.Mode: { IsBroadcast: false } mode } session &&
                !(mode.IsNoLoop && session == by))
            {
                Send(session, mode, keys);
            }
        }
    }

    private void Broadcast(TrackedPrefix tracked, ISession? by, IReadOnlyList<byte[]> names)
    {
        SortedSet<byte[]> changed = new(names.Where(name => name.AsSpan().StartsWith(tracked.Prefix)), TrackedPrefixes.ByteOrder);
        if (changed.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> keys = Encode([.. changed]);
        foreach (Session session in tracked.Sessions)
        {
            if (session.Tracking.Mode is { IsBroadcast: true } mode && !(mode.IsNoLoop && session == by))
            {
                Send(session, mode, keys);
            }
        }
    }

    /// <summary>Pushes an invalidation, to the connection itself or to the one it has named. Without RESP3 only a named
    /// connection that listens to channels can get one, as a message of <c>__redis__:invalidate</c>.</summary>
    private void Send(Session session, TrackingMode mode, ReadOnlySpan<byte> keys)
    {
        Session? target = mode.Redirect == 0 ? session : _clients.Find(mode.Redirect);
        var push = new RespWriter(64 + keys.Length) { ProtocolVersion = (target ?? session).ProtocolVersion };
        if (target is null)
        {
            session.Tracking.IsRedirectBroken = true;
            push.Push(2);
            push.Bulk("tracking-redir-broken"u8);
            push.Integer(mode.Redirect);
            target = push.ProtocolVersion >= 3 ? session : null;
        }
        else if (push.ProtocolVersion >= 3)
        {
            push.Push(2);
            push.Bulk("invalidate"u8);
            push.Raw(keys);
        }
        else
        {
            push.Push(3);
            push.Bulk("message"u8);
            push.Bulk("__redis__:invalidate"u8);
            push.Raw(keys);
            target = mode.Redirect != 0 && target.IsSubscribed ? target : null;
        }

        target?.Push(push.Written);
    }

    private static ReadOnlySpan<byte> Encode(params ReadOnlySpan<byte[]> keys)
    {
        var writer = new RespWriter(256);
        writer.Array(keys.Length);
        foreach (byte[] key in keys)
        {
            writer.Bulk(key);
        }

        return writer.Written;
    }
}
