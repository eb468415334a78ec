using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine;

/// <summary>How an execution ended.</summary>
public enum ExecuteOutcome
{
    /// <summary>The reply is in the writer.</summary>
    Done,

    /// <summary>Nothing happened yet: await <see cref="CallTicket.WhenReady"/> and execute the same command again.
    /// </summary>
    Parked,
}

#pragma warning disable CA1822, CA2326 // Signatures first; the bodies follow in this directory.
/// <summary>The part of a session the keyspace keeps between two runs of one call. One per session, reused.</summary>
public sealed class CallTicket
{
    /// <summary>Position of the session's newest write in the journal, 0 for none.</summary>
    public long JournalPosition { get; internal set; }

    /// <summary>Whether the parked call waits for keys (a blocked client) rather than for the disk.</summary>
    public bool IsBlocked { get; internal set; }

    /// <summary>Completes when a parked call should be executed again.</summary>
    public ValueTask WhenReady() => throw new InvalidOperationException("skeleton");

    /// <summary>Gives up a parked call: the client went away.</summary>
    public void Abandon() => throw new InvalidOperationException("skeleton");

    /// <summary>Ends the wait of a blocked call as if its time were up (CLIENT UNBLOCK).</summary>
    /// <returns>False when it is not blocked.</returns>
    public bool TimeOutNow() => throw new InvalidOperationException("skeleton");
}

/// <summary>The data of this node.</summary>
public sealed class Keyspace : IReplica, IAsyncDisposable
{
    /// <summary>Opens the journal and the store and replays what the store lacks.</summary>
    /// <exception cref="JournalException">The journal is damaged or does not belong to the store.</exception>
    public static Keyspace Open(
        KeyspaceOptions options, IStore store, KeyTypeCatalog types, TimeProvider time, Random random, ILogger logger) =>
        throw new InvalidOperationException("skeleton");

    public Origin Origin => default;

    public VersionVector Applied => new();

    /// <summary>The node's clock.</summary>
    public HybridClock Clock => throw new InvalidOperationException("skeleton");

    /// <summary>Figures.</summary>
    public KeyspaceStatistics Statistics => throw new InvalidOperationException("skeleton");

    /// <summary>Classes of notifications raised; CONFIG SET notify-keyspace-events.</summary>
    public KeyspaceEvents EnabledEvents { get; set; }

    /// <summary>Bytes that resident data may take; CONFIG SET maxmemory.</summary>
    public long MemoryMax { get; set; }

    /// <summary>Existing keys (DBSIZE).</summary>
    public long KeyCount => 0;

    /// <summary>
    /// Runs a command: enters the shards of its keys in order, runs the handler, commits one journal entry, writes the
    /// reply. Commands without keys run the same way without entering a shard.
    /// </summary>
    /// <param name="command">The row; arity is already checked.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="session">The connection.</param>
    /// <param name="writer">Receives the reply.</param>
    /// <param name="ticket">The session's ticket.</param>
    public ExecuteOutcome Execute(
        CommandSpec command, CommandArgs args, ISession session, RespWriter writer, CallTicket ticket) =>
        throw new InvalidOperationException("skeleton");

    /// <summary>Completes when everything up to a journal position is synced. Only <see cref="SyncMode.Always"/>
    /// makes sessions wait for it before flushing replies.</summary>
    /// <param name="position">See <see cref="CallTicket.JournalPosition"/>.</param>
    public ValueTask WhenSynced(long position) => throw new InvalidOperationException("skeleton");

    /// <summary>Whether replies to writes must wait for <see cref="WhenSynced"/>.</summary>
    public bool SyncBeforeReply => false;

    /// <summary>Writes all changed records to the store and makes them durable.</summary>
    public Task CheckpointAsync(CancellationToken cancellation = default) => throw new InvalidOperationException("skeleton");

    /// <summary>One round of background work: expiry, due checkpoints, eviction, sync. Timers call it unless
    /// <see cref="KeyspaceOptions.BackgroundWork"/> is off.</summary>
    public Task TickAsync() => throw new InvalidOperationException("skeleton");

    /// <summary>Whether keys may expire actively; DEBUG SET-ACTIVE-EXPIRE.</summary>
    public bool ActiveExpiry { get; set; } = true;

    public void ReadDigest(ushort partition, Span<ulong> buckets) => throw new InvalidOperationException("skeleton");

    /// <summary>Checkpoints and closes journal and store (the store is disposed too).</summary>
    public ValueTask DisposeAsync() => throw new InvalidOperationException("skeleton");
}

/// <summary>The key types and record kinds the modules brought, by tag, name and order.</summary>
public sealed class KeyTypeCatalog
{
    private readonly List<KeyType> _types = [];

    /// <summary>The types, in the order in which one masks another.</summary>
    public IReadOnlyList<KeyType> Types => _types;

    /// <summary>Adds a type.</summary>
    /// <returns>Null, or what it collides with in words.</returns>
    public string? TryAdd(KeyType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _types.Add(type);
        return null;
    }
}

/// <summary>The journal is damaged, foreign or locked; the message names file and offset and says what to do.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
