using System.IO.Hashing;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Checkpoints;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Replication;
using Marekvs.Storage.Engine.Resident;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine;

/// <summary>
/// The data of this node. A call enters the shards of its keys, its handler changes what is resident there, and one
/// journal entry commits it; checkpoints carry changes to the store later, off the reply path.
/// </summary>
public sealed class Keyspace : IReplica, IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);

    private readonly KeyspaceOptions _options;
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly JournalLog _journal;
    private readonly JournalSyncer _syncer;
    private readonly CheckpointRounds _rounds;
    private readonly ColdReader _reader;
    private readonly CallRunner _runner;
    private readonly TransactionRunner _transactions;
    private readonly ShardGates _gates;
    private readonly IncarnationStarts _starts;
    private readonly StreamCursors _cursors;
    private readonly JournalReader _journalReader;
    private readonly EntryApplier _applier;
    private readonly PartitionExchange _exchange;
    private readonly KeyCopies _copies;
    private readonly PartitionSweeper _sweeper;
    private readonly DigestScrub _scrub;
    private readonly PartitionHoldings _holdings;
    private readonly Lock _replicationGate = new();
    private readonly Stamp _closedAtOpen;
    private readonly long _endAtOpen;
    private readonly SemaphoreSlim _tickGate = new(1, 1);
    private readonly ulong _hashSeed;
    private readonly ITimer? _tick;

    private byte[]? _writeRefusal;
    private long _parked;
    private long _waiting;
    private long _arrivals;
    private bool _isClosing;
    private bool _disposed;

    private Keyspace(
        KeyspaceOptions options,
        IStore store,
        KeyTypeCatalog types,
        TimeProvider time,
        Random random,
        ILogger logger)
    {
        _options = options;
        _store = store;
        Types = types;
        _time = time;
        _random = random;
        _logger = logger;
        MemoryMax = options.MemoryMax;
        Runs = RunRules.For(types, options.ResidentElementsMax);
        Invariant.That(options.Shards is > 0 and <= ShardGates.ShardsMax, "there are 1 to 64 shards");

        byte[]? stateBytes = store.Get(StorageKeys.State);
        CheckpointState? state = stateBytes is null ? null : CheckpointState.Read(stateBytes);
        byte[] fresh = new byte[16];
        random.NextBytes(fresh);
        _journal = JournalLog.Open(
            options.JournalDirectory, options.SegmentBytes, state?.Identity ?? new Guid(fresh), options.Repair, logger);
        try
        {
            CheckpointState.CheckBelongsTogether(state, store, _journal, options.JournalDirectory);
            Origin = state is not null && state.Origin.Node == options.Node ? state.Origin : new Origin(options.Node, 1);
            _hashSeed = state?.HashSeed ?? (ulong)random.NextInt64();
            ReplicationState replication = ReplicationState.Read(state?.Replication);
            (AppliedVectors, Clears, _cursors, _starts, Held, MarkerList markers) = replication;
            Clock = new HybridClock(time, AppliedVectors.Newest);
            Shards = [.. Enumerable.Range(0, options.Shards).Select(index => new Shard(index, Partitions))];
            Context = new CausalContext(this);
            Calls = [.. Shards.Select(_ => new EngineCall(this))];
            Walk = new KeyspaceWalk(this);
            _reader = new ColdReader(this, store, options.ReaderThreads, logger);
            Reaper = new Reaper(this, _reader);
            Memory = new MemoryBound(this);
            _gates = new ShardGates(Shards);
            Commits = new CallCommit(this, _journal);
            _runner = new CallRunner(this, _gates, Commits, _reader, time);
            _transactions = new TransactionRunner(this, _gates, Commits, _runner, time);
            Sweeper = new MarkerSweeper(this, _reader);
            _journalReader = new JournalReader(this, _journal, _starts, hasPeers: _cursors.Nodes.Count > 0);
            _applier = new EntryApplier(this, _gates, _journal, _reader, _cursors, _replicationGate);
            _exchange = new PartitionExchange(this, _gates, _journal, _reader, _replicationGate);
            _copies = new KeyCopies(this, _journal, _reader, Clock.Last);
            _sweeper = new PartitionSweeper(this, _reader);
            _scrub = new DigestScrub(this, _reader, options, logger);
            _holdings = new PartitionHoldings(this, _journal, Held, _cursors, _copies, _sweeper, _replicationGate);
            Start = state is null ? ReplicaStart.New
                : state.IsClean && _journal.End == (long)store.Watermark ? ReplicaStart.Clean
                : ReplicaStart.Unclean;
            _rounds = new CheckpointRounds(this, store, _journal, options, time, TakeState, () => RetainedFrom);
            LoadPartitions();
            Sweeper.Resume(markers);
            if (state is null)
            {
                // The hash seed orders what the store holds, so it is there before anything else is.
                _rounds.Run(JournalSegment.HeaderBytes);
                store.Flush();
            }
            else if (state.IsClean)
            {
                // From now on it is not: what is written next may be lost.
                _rounds.Run((long)store.Watermark);
                store.Flush();
            }

            Replay();
            IsReplaying = false;
            _closedAtOpen = AppliedVectors.BaseOf(Origin);
            _endAtOpen = Math.Max(_journal.End, JournalSegment.HeaderBytes);
            AppliedVectors.BeginOwn(Origin, Clock.Last);
            Origins.Add([Origin, .. AppliedVectors.Origins, .. Clears.Origins]);
            _reader.LearnStoredKeys();
            bool syncsByItself = options.BackgroundWork && options.Sync == SyncMode.Interval;
            _syncer = new JournalSyncer(_journal, syncsByItself ? options.SyncInterval : null, logger);
            _tick = options.BackgroundWork
                ? time.CreateTimer(static keyspace => _ = ((Keyspace)keyspace!).TickAsync(), this, TickInterval, TickInterval)
                : null;
        }
        catch
        {
            _reader?.Dispose();
            _journal.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Origin Origin { get; private set; }

    /// <inheritdoc/>
    public Guid JournalIdentity => _journal.Identity;

    /// <inheritdoc/>
    public ulong RecordFingerprint => Types.Fingerprint;

    /// <inheritdoc/>
    public VersionVector Applied
    {
        get
        {
            VersionVector applied = AppliedVectors.Base;
            applied.Raise(Origin, Context.ClosedStamp());
            return applied;
        }
    }

    /// <inheritdoc/>
    public ReplicaStart Start { get; }

    /// <inheritdoc/>
    public IJournalSource Journal => _journalReader;

    /// <inheritdoc/>
    public IStreamTarget Streams => _applier;

    /// <inheritdoc/>
    IPartitionStore IReplica.Partitions => _exchange;

    /// <inheritdoc/>
    public IKeyCopies Copies => _copies;

    /// <inheritdoc/>
    public IPartitionHoldings Holdings => _holdings;

    /// <summary>The node's clock.</summary>
    public HybridClock Clock { get; }

    /// <summary>Classes of notifications raised; CONFIG SET notify-keyspace-events.</summary>
    public KeyspaceEvents EnabledEvents { get; set; }

    /// <summary>Whether notifications are raised here too for what other nodes wrote.</summary>
    public bool NotifiesRemote { get; set; }

    /// <summary>Learns which keys change.</summary>
    public KeyspaceObserver Observer { get; set; } = KeyspaceObserver.None;

    /// <summary>Bytes that resident data may take; CONFIG SET maxmemory.</summary>
    public long MemoryMax { get; set; }

    /// <summary>Whether keys past their deadline are looked for; reading one always removes it.</summary>
    public bool ActiveExpiry { get; set; } = true;

    /// <summary>What the cluster says is applied everywhere; a node alone is always up to date with itself.</summary>
    public Func<ushort, Stamp, Stamp> StableThrough { get; set; } = static (_, now) => now;

    /// <summary>Tells of an origin whether it writes among the active replicas of a partition: the reset counters of one
    /// that was cut off stay until it is back.</summary>
    public Func<ushort, Origin, bool> IsActive { get; set; } = static (_, _) => true;

    /// <summary>Tells of a partition whether another node may have seen a write of this node. Alone, none has.</summary>
    public Func<ushort, Stamp, bool> IsSeenElsewhere { get; set; } = static (_, _) => false;

    /// <summary>What may be answered from of partitions that are not held; null while all are.</summary>
    public IKeyLeases? Leases { get; set; }

    /// <summary>Whether no other node writes, ever.</summary>
    public bool IsAlone { get; set; } = true;

    /// <summary>Existing keys of the partitions held (DBSIZE): copies of others are not counted.</summary>
    public long KeyCount => CountHeld(static shard => Volatile.Read(ref shard.Keys), Partitions.Keys);

    /// <summary>Whether the journal takes writes; it does not when the disk is full.</summary>
    public bool IsWritable => _journal.IsWritable;

    /// <summary>Why no client may write now: an error with its code, empty when they may. What peers wrote is taken in
    /// nevertheless.</summary>
    public ReadOnlySpan<byte> WriteRefusal =>
        IsWritable ? Volatile.Read(ref _writeRefusal) : RespErrors.DiskFull;

    /// <summary>Refuses writes of clients from now on, or no longer.</summary>
    /// <param name="reason">An error with its code, or null.</param>
    public void RefuseWrites(string? reason) =>
        Volatile.Write(ref _writeRefusal, reason is null ? null : Encoding.UTF8.GetBytes(reason));

    /// <summary>Whether replies to writes must wait for <see cref="WhenSynced"/>.</summary>
    public bool SyncBeforeReply => _options.Sync == SyncMode.Always;

    /// <summary>Figures.</summary>
    public KeyspaceStatistics Statistics => new()
    {
        Keys = KeyCount,
        KeysWithDeadline = CountHeld(static shard => Volatile.Read(ref shard.KeysWithDeadline), Partitions.KeysWithDeadline),
        ResidentKeys = Shards.Sum(shard => (long)shard.Table.Count),
        ResidentBytes = Shards.Sum(shard => Volatile.Read(ref shard.ResidentBytes)),
        MemoryMax = MemoryMax,
        Hits = Shards.Sum(shard => Volatile.Read(ref shard.Hits)),
        Misses = Shards.Sum(shard => Volatile.Read(ref shard.Misses)),
        ExpiredKeys = Shards.Sum(shard => Volatile.Read(ref shard.Expired)),
        DroppedEntries = Shards.Sum(shard => Volatile.Read(ref shard.Dropped)),
        ColdCalls = _runner.ColdCalls,
        FetchingCalls = _runner.FetchingCalls,
        ParkedCalls = Volatile.Read(ref _parked),
        WaitingCalls = Volatile.Read(ref _waiting),
        JournalEntries = _journal.Appended,
        JournalBytes = _journal.End,
        JournalSegments = _journal.SegmentCount,
        UnsyncedBytes = Math.Max(0, _journal.End - _journal.Synced),
        DirtyKeys = Shards.Sum(shard => Volatile.Read(ref shard.DirtyKeys)),
        Checkpoints = _rounds.Completed,
        CheckpointFailures = _rounds.Failures,
        LastCheckpointAt = _rounds.LastAt,
        LastCheckpointMilliseconds = _rounds.LastMilliseconds,
        CheckpointRunning = _rounds.IsRunning,
        IsWritable = _journal.IsWritable,
        StorageFailures = _reader.Failures,
        KnownOrigins = Origins.Count,
        ScrubRounds = _scrub.Rounds,
        ScrubbedRecords = _scrub.Records,
        ScrubSkipped = _scrub.Skipped,
        DigestMismatches = _scrub.Mismatches,
        StoreBytes = _store.SizeBytes,
    };

    internal KeyTypeCatalog Types { get; }

    internal PartitionTable Partitions { get; } = new();

    internal Shard[] Shards { get; }

    internal EngineCall[] Calls { get; }

    internal KeyspaceWalk Walk { get; }

    internal MemoryBound Memory { get; }

    internal Reaper Reaper { get; }

    internal CallCommit Commits { get; }

    /// <summary>Which writes are applied here and everywhere.</summary>
    internal CausalContext Context { get; }

    /// <summary>What FLUSHALL left to the next checkpoint.</summary>
    internal StorePurge Purge { get; } = new();

    /// <summary>What is applied of every origin.</summary>
    internal AppliedTable AppliedVectors { get; }

    /// <summary>Whose writes this node has heard of.</summary>
    internal KnownOrigins Origins { get; } = new();

    /// <summary>Deletes that something may still arrive for.</summary>
    internal PendingClears Clears { get; }

    internal MarkerSweeper Sweeper { get; }

    /// <summary>The partitions of which this node has a complete copy.</summary>
    internal HeldPartitions Held { get; }

    /// <summary>Mistakes that a test plants.</summary>
    internal ReplicationFault Faults { get; set; }

    /// <inheritdoc/>
    public Stamp LatestAcceptable => Stamp.FromUnixMilliseconds(
        Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds() + (long)_options.ClockSkewMax.TotalMilliseconds));

    internal int ResidentElementsMax => _options.ResidentElementsMax;

    /// <summary>How collections larger than memory are divided.</summary>
    internal RunRules Runs { get; }

    internal bool HasColdKeys => Array.Exists(Shards, shard => shard.HasColdKeys);

    internal long StoreEpoch => Shards.Sum(shard => Volatile.Read(ref shard.StoreEpoch));

    /// <summary>Whether the node is being opened: entries of its own journal are taken in.</summary>
    internal bool IsReplaying { get; private set; } = true;

    /// <summary>Opens the journal and the store and replays what the store lacks.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="store">The open store; the keyspace disposes it.</param>
    /// <param name="types">What the modules brought.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Seeds everything random.</param>
    /// <param name="logger">Reports.</param>
    /// <exception cref="JournalException">The journal is damaged or does not belong to the store.</exception>
    public static Keyspace Open(
        KeyspaceOptions options, IStore store, KeyTypeCatalog types, TimeProvider time, Random random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        return new Keyspace(options, store, types, time, random, logger);
    }

    /// <summary>
    /// Runs a command: enters the shards of its keys in order, runs the handler, commits one journal entry, writes the
    /// reply. Commands without keys run the same way without entering a shard.
    /// </summary>
    /// <param name="command">The row; arity is already checked.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="session">The connection.</param>
    /// <param name="writer">Receives the reply.</param>
    /// <param name="ticket">The session's ticket.</param>
    /// <exception cref="StorageException">Data the command needs could not be read.</exception>
    public ExecuteOutcome Execute(
        CommandSpec command, CommandArgs args, ISession session, RespWriter writer, CallTicket ticket) =>
        _runner.Execute(command, args, session, writer, ticket);

    /// <summary>Runs a transaction. The reply is an array of all replies; a nil array when a watched key had changed, and
    /// then nothing was run.</summary>
    /// <param name="transaction">The commands and the watched keys.</param>
    /// <param name="session">The connection.</param>
    /// <param name="writer">Receives the reply.</param>
    /// <param name="ticket">The session's ticket.</param>
    /// <exception cref="StorageException">Data the commands need could not be read.</exception>
    public ExecuteOutcome Execute(Transaction transaction, ISession session, RespWriter writer, CallTicket ticket)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return _transactions.Execute(transaction, session, writer, ticket);
    }

    /// <summary>Whether everything up to a journal position is synced.</summary>
    /// <param name="position">See <see cref="CallTicket.JournalPosition"/>.</param>
    public bool IsSynced(long position) => _journal.Synced >= position;

    /// <summary>Completes when everything up to a journal position is synced.</summary>
    /// <param name="position">See <see cref="CallTicket.JournalPosition"/>.</param>
    public ValueTask WhenSynced(long position) => _syncer.WhenSynced(position);

    /// <summary>Writes all changed records to the store and makes them durable.</summary>
    /// <param name="cancellation">Gives up waiting for a running checkpoint.</param>
    /// <exception cref="StorageException">The store failed; nothing is lost, the journal has it all.</exception>
    public Task CheckpointAsync(CancellationToken cancellation = default) => _rounds.RunAsync(flush: true, cancellation);

    /// <summary>Writes all changed records to the store and lets go of them in memory, so that they are read anew.
    /// </summary>
    /// <exception cref="StorageException">The store failed; nothing is lost.</exception>
    public async Task ReloadAsync()
    {
        await CheckpointAsync().ConfigureAwait(false);
        await Task.Run(Memory.DropClean).ConfigureAwait(false);
    }

    /// <summary>One round of background work: expiry, due checkpoints, space for the journal. A timer calls it unless
    /// <see cref="KeyspaceOptions.BackgroundWork"/> is off.</summary>
    public async Task TickAsync()
    {
        if (!_tickGate.Wait(0, CancellationToken.None))
        {
            return;
        }

        try
        {
            _journal.RetryPrepare();
            ForgetMarkers();
            _sweeper.Sweep();
            if (ActiveExpiry)
            {
                await _options.RunAside(Reaper.ReapDueAsync).ConfigureAwait(false);
            }

            await _rounds.RunDueAsync().ConfigureAwait(false);
            await _options.RunAside(ScrubAsync).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageException or IOException)
        {
            _logger.LogError(e, "Background work failed; it is tried again.");
        }
        finally
        {
            Memory.Resume();
            _tickGate.Release();
            if (_rounds.IsRequested && !_options.RunsInline)
            {
                _ = Task.Run(TickAsync);
            }
        }
    }

    /// <inheritdoc/>
    public void ReadDigest(ushort partition, Span<ulong> buckets)
    {
        lock (ShardOf(partition).Gate)
        {
            Partitions.Digest(partition).CopyTo(buckets);
        }
    }

    /// <inheritdoc/>
    public void TakeIncarnation(ushort incarnation, bool isComplete)
    {
        if (Faults.HasFlag(ReplicationFault.KeepIncarnation))
        {
            return;
        }

        _gates.Enter(_gates.All);
        try
        {
            if (incarnation <= Origin.Incarnation)
            {
                return;
            }

            if (isComplete)
            {
                AppliedVectors.RaiseStream(Origin, Context.ClosedStamp());
            }
            else
            {
                // Only what was known of the old origin at the start is surely complete.
                AppliedVectors.RaiseStream(Origin, _closedAtOpen);
                MentionOwn();
            }

            Origin = new Origin(Origin.Node, incarnation);
            Origins.Add([Origin]);
            AppliedVectors.BeginOwn(Origin, Stamp.Zero);
            _starts.Add(incarnation, _journal.End);
            _copies.BeginIncarnation();
        }
        finally
        {
            _gates.Leave(_gates.All);
        }

        // Nobody may learn of the new number before it is certain that it is never taken again.
        CheckpointAsync().GetAwaiter().GetResult();
    }

    /// <summary>Checkpoints and closes journal and store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _tick?.Dispose();

        // Never let go again: a round that began before the end must not go on in files that are closed.
        await _tickGate.WaitAsync().ConfigureAwait(false);
        _isClosing = true;
        try
        {
            await CheckpointAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageException or IOException)
        {
            _logger.LogError(e, "The last checkpoint failed; the journal has everything.");
        }

        _reader.Dispose();
        _syncer.Dispose();
        _journal.Dispose();
        _store.Dispose();
        _rounds.Dispose();
    }

    internal ulong HashOf(ReadOnlySpan<byte> name) => XxHash3.HashToUInt64(name, (long)_hashSeed) >> 1;

    internal Shard ShardOf(ushort partition) => Shards[partition % Shards.Length];

    internal Random NewRandom() => new(_random.Next());

    internal long NextArrival() => Interlocked.Increment(ref _arrivals);

    internal void CountWaiting(int change) => Interlocked.Add(ref _waiting, change);

    internal void CountParked(int change) => Interlocked.Add(ref _parked, change);

    /// <summary>What a parked call asked other nodes for is here.</summary>
    internal void ResumeParked(CallTicket ticket)
    {
        CountParked(-1);
        ticket.Resume();
    }

    /// <summary>Whether a key can be answered from here.</summary>
    internal bool IsAnswerable(ushort partition, ReadOnlySpan<byte> name) =>
        Leases is not { } leases || Held.Contains(partition) || leases.IsLeased(partition, name);

    /// <summary>Whether a partition is here, or on its way in or out, as a whole: else what is here of it are copies of
    /// single keys. A key of a whole that went alone would count as deleted, and a marker may be the only one left.
    /// </summary>
    internal bool IsPartOfWhole(ushort partition) => IsHeld(partition) || AppliedVectors.HasOthers(partition, Origin.Node);

    internal bool IsHeld(ushort partition) => Leases is null || Held.Contains(partition);

    private long CountHeld(Func<Shard, long> ofShard, long[] ofPartition) => Leases is null || Held.All.IsAll
        ? Shards.Sum(ofShard)
        : Held.All.Members.Sum(partition => Volatile.Read(ref ofPartition[partition]));

    /// <summary>Notes what this node wrote since it was opened as beyond the vector.</summary>
    private void MentionOwn()
    {
        _journal.Read(_endAtOpen, (entry, _) =>
        {
            if (JournalEntry.OriginOf(entry) == Origin)
            {
                JournalEntry.RecordEnumerator records = JournalEntry.Records(entry);
                while (records.MoveNext())
                {
                    if (records.Partition != JournalEntry.EveryPartition)
                    {
                        AppliedVectors.Mention(records.Partition, new Dot(JournalEntry.StampOf(entry), Origin));
                    }
                }
            }
        });
    }

    /// <summary>Takes out of a record of a copy what says nothing any more: what this node removed, all owners know.
    /// </summary>
    internal void PruneCopy(Cell cell, KeyEntry entry)
    {
        bool isKnown = entry.WrittenThrough <= Leases!.SeenThrough(entry.Partition);
        cell.Prune(_ => isKnown, Context.StableIn(entry.Partition), origin => IsActive(entry.Partition, origin));
        if (isKnown)
        {
            _copies.NoteDropped(entry.Partition, entry.WrittenThrough);
        }
    }

    /// <summary>The resident entry of a key; the gate of its shard is held, and the store has nothing of it if it is not
    /// resident.</summary>
    internal KeyEntry Resident(ushort partition, ReadOnlySpan<byte> name)
    {
        Shard shard = ShardOf(partition);
        ulong hash = HashOf(name);
        KeyEntry? entry = shard.Table.Find(hash, name);
        if (entry is null)
        {
            entry = new KeyEntry(name.ToArray(), hash, partition)
            {
                IsUsed = true,
                LastUsedSeconds = (uint)(Clock.NowMilliseconds / 1000),
            };
            shard.Add(entry);
        }

        return entry;
    }

    /// <summary>The replay came upon an entry: one of this node under a later incarnation than the checkpoint knew.
    /// </summary>
    internal void NoticeOwnEntry(Origin origin, long at)
    {
        if (origin.Node == Origin.Node && origin > Origin)
        {
            Origin = origin;
            _starts.Add(origin.Incarnation, at);
        }
    }

    internal ElementStream OpenStream(
        KeyEntry entry, RecordKind kind, byte[]? first, ElementRange range, ElementAnswer answer) =>
        _reader.OpenStream(entry, kind, first, range, answer);

    internal void CloseStream(ElementStream stream) => _reader.Close(stream);

    internal KeyType TypeOf(KeyEntry entry)
    {
        if (entry.Value.IsVisible)
        {
            return Types.Single!;
        }

        foreach (KeyType type in Types.Collections)
        {
            if (entry.Elements!.Holds(type))
            {
                return type;
            }
        }

        throw new InvariantException("an existing key has a type");
    }

    internal byte OrderOf(KeyEntry entry) => TypeOf(entry).Order;

    /// <summary>Takes a key in that was read from the store.</summary>
    internal void AdmitLoaded(Shard shard, KeyEntry entry)
    {
        entry.IsCounted = entry.HasContent;
        entry.HasCountedDeadline = entry.IsCounted && entry.Deadline != Cell.NoDeadline;
        entry.IsUsed = true;
        entry.LastUsedSeconds = (uint)(Clock.NowMilliseconds / 1000);

        // The store does not say when this node wrote, but it was before now.
        entry.WrittenThrough = Clock.Last;
        shard.ResidentStoredKeys += entry.IsStored ? 1 : 0;
        shard.Add(entry);
        shard.QueueDeadline(entry);
        Memory.Keep(shard);
    }

    /// <summary>Accounts for elements that were read from the store.</summary>
    internal void AdmitElements(Shard shard, KeyEntry entry)
    {
        if (!entry.IsDropped)
        {
            shard.Account(entry);
            Memory.Keep(shard);
        }
    }

    /// <summary>Brings everything derived from a changed key up to date.</summary>
    internal void Settle(Shard shard, KeyEntry entry)
    {
        entry.IsTouched = false;
        entry.Revision++;
        bool counted = entry.HasContent;
        if (counted != entry.IsCounted)
        {
            entry.IsCounted = counted;
            shard.Keys += counted ? 1 : -1;
            Partitions.Keys[entry.Partition] += counted ? 1 : -1;
        }

        bool hasDeadline = counted && entry.Deadline != Cell.NoDeadline;
        if (hasDeadline != entry.HasCountedDeadline)
        {
            entry.HasCountedDeadline = hasDeadline;
            shard.KeysWithDeadline += hasDeadline ? 1 : -1;
            Partitions.KeysWithDeadline[entry.Partition] += hasDeadline ? 1 : -1;
        }

        if (!counted && entry.Elements is { Register.IsEmpty: false })
        {
            Sweeper.Watch([(entry, [StorageKeys.RegisterTag])]);
        }

        shard.QueueDeadline(entry);

        shard.MarkDirty(entry);
        shard.Account(entry);
    }

    internal void SyncJournal() => _journal.Sync();

    internal void RequestCheckpoint() => _rounds.Request();

    /// <summary>Everything in the store is to be removed before anything is written.</summary>
    internal void RequestPurge()
    {
        Purge.Request();
        _rounds.Request();
    }

    private Task ScrubAsync()
    {
        _scrub.Work();
        return Task.CompletedTask;
    }

    private void LoadPartitions()
    {
        using IStoreScan scan = _store.Scan([StorageKeys.PartitionSpace], [StorageKeys.PartitionSpace + 1]);
        while (scan.MoveNext())
        {
            ushort partition = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(scan.Key[1..]);
            Partitions.ReadRow(partition, scan.Value);
            Shard shard = ShardOf(partition);
            shard.Keys += Partitions.Keys[partition];
            shard.StoredKeys += Partitions.Keys[partition];
            shard.KeysWithDeadline += Partitions.KeysWithDeadline[partition];
        }
    }

    /// <summary>Tells what a call that is over has done.</summary>
    internal void Raise(EngineCall call)
    {
        if (call.IsFlushRequested && Observer.IsWatching)
        {
            Observer.Flushed(call.Session);
        }

        if (call.Changes.Count > 0)
        {
            Observer.Changed(call.Session, call.Changes);
        }

        foreach (CallEvent told in call.Events)
        {
            told.Tell(_options.EventSink);
        }
    }

    /// <summary>Raises a notification, if its class is enabled.</summary>
    internal void Notify(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name)
    {
        if ((EnabledEvents & eventClass) != 0)
        {
            _options.EventSink?.Invoke(eventClass, eventName, name);
        }
    }

    private void Replay()
    {
        var recovery = new Recovery(this, _reader, _holdings);
        long from = Math.Max((long)_store.Watermark, JournalSegment.HeaderBytes);
        long lastCheckpoint = from;
        long started = _time.GetTimestamp();
        _journal.Read(from, (entry, end) =>
        {
            recovery.Apply(entry, end - JournalEntry.Padded(entry.Length));
            if (end - lastCheckpoint > _options.CheckpointBytes)
            {
                _rounds.Run(end);
                lastCheckpoint = end;
            }
        });
        _rounds.BeginAt(from);
        if (recovery.Entries > 0)
        {
            _logger.LogInformation(
                "Journal: {Entries} entries replayed in {Milliseconds} ms.",
                recovery.Entries,
                (long)_time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <summary>What a checkpoint says of the node, and the journal position it agrees with.</summary>
    private (CheckpointState State, long Position) TakeState(long? watermark)
    {
        lock (_replicationGate)
        {
            // Taken before the position: whatever this node's own entry covers is in the journal by then. No peer's
            // write is taken in meanwhile.
            var own = new Dot(IsReplaying ? AppliedVectors.BaseOf(Origin) : Context.ClosedStamp(), Origin);
            long position = watermark ?? _journal.End;
            WaitForCalls();
            var markers = MarkerList.Of(Sweeper.All());
            byte[] replication = new ReplicationState(AppliedVectors, Clears, _cursors, _starts, Held, markers).Write(own);
            return (new CheckpointState(_journal.Identity, Origin, _hashSeed, _isClosing, replication), position);
        }
    }

    /// <summary>Returns when every call that was under way is over: what it has journaled is also settled.</summary>
    private void WaitForCalls()
    {
        foreach (Shard shard in Shards)
        {
            lock (shard.Gate)
            {
                // Only entering matters.
            }
        }
    }

    /// <summary>What peers still need of the journal, as far as it is kept for them at all.</summary>
    private long RetainedFrom => Math.Max(_journalReader.Retained, _journal.End - _options.RetainBytes);

    /// <summary>Forgets what waited only for others to know of it.</summary>
    private void ForgetMarkers()
    {
        AppliedVectors.Fold();
        Clears.Forget(Context.IsApplied, Context.StableIn(JournalEntry.EveryPartition));
        Sweeper.Sweep();
    }
}
