using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// One running call: the keyspace as its handler sees it. A shard owns one and lends it to whoever holds its gate.
/// Every write is three steps: the delta goes into the entry to be, the state in memory takes the delta in, and what
/// was there is remembered until the call has committed.
/// </summary>
internal sealed class EngineCall : KeyspaceCall
{
    private const int HintBytesMax = 64;

    /// <summary>Elements past their deadline that one call removes. What is left is hidden but counted until the
    /// background, or the next call, gets to it.</summary>
    private const int ReapedPerCallMax = 10_000;

    private readonly Keyspace _keyspace;
    private readonly KeyTypeCatalog _types;
    private readonly Random _random;
    private readonly CallEffects _effects;
    private readonly CallDeltas _deltas;
    private readonly ValueVerbs _values;
    private readonly ElementVerbs _elements;
    private readonly List<AbsentKey> _absent = [];
    private readonly List<KeyEntry> _expired = [];
    private readonly List<CallEvent> _events = [];
    private readonly List<byte[]> _changes = [];
    private readonly byte[] _hintName = new byte[HintBytesMax];

    private int _absentUsed;
    private int _hintLength = -1;
    private ulong _hintHash;
    private ushort _hintPartition;
    private long _now;
    private bool _readOnly;
    private bool _noTouch;
    private bool _sessionNoTouch;
    private bool _isTransaction;
    private bool _isFirstStep;
    private CallTicket? _ticket;
    private ElementStream? _stream;

    public EngineCall(Keyspace keyspace)
    {
        _keyspace = keyspace;
        _random = keyspace.NewRandom();
        _types = keyspace.Types;
        _effects = new CallEffects(keyspace.Partitions, keyspace.Types);
        _deltas = new CallDeltas(keyspace, _effects);
        _values = new ValueVerbs(_deltas, _effects);
        _elements = new ElementVerbs(this, _deltas, _effects, _types);
    }

    public override long Now => _now;

    public override Random Random => _random;

    public override IReadOnlyList<KeyType> Types => _types.Types;

    public override Origin Origin => _keyspace.Origin;

    public override bool IsAlone => _keyspace.IsAlone;

    public override object? WaitState { get; set; }

    public override long KeyCount
    {
        get
        {
            // What the call itself made or removed is not counted yet.
            long count = HasFlushedInPlace ? 0 : _keyspace.KeyCount;
            foreach (KeyEntry entry in _effects.Touched.Where(entry => _keyspace.IsHeld(entry.Partition)))
            {
                count += (entry.HasContent ? 1 : 0) - (entry.IsCounted && !HasFlushedInPlace ? 1 : 0);
            }

            return count;
        }
    }

    public CallEffects Effects => _effects;

    /// <summary>Whether the call only reads.</summary>
    public bool IsReading => _readOnly;

    public override Dot Dot => _deltas.Dot;

    /// <summary>What the call looked for and memory could not tell.</summary>
    public ColdNeeds Needs { get; } = new();

    public bool IsFlushRequested { get; private set; }

    /// <summary>Whether the flush was followed by more: what was in memory has been taken out, and the store counts for
    /// nothing.</summary>
    public bool HasFlushedInPlace { get; private set; }

    /// <summary>Keys a reading call found, and did not find.</summary>
    public int Hits { get; private set; }

    public int Misses { get; private set; }

    /// <summary>Keys found past their deadline, to be reaped when the call is over.</summary>
    public List<KeyEntry> Expired => _expired;

    /// <summary>What is told when the call is over.</summary>
    public List<CallEvent> Events => _events;

    /// <summary>Keys whose value is no longer what it was, when someone wants to know.</summary>
    public List<byte[]> Changes => _changes;

    /// <summary>The connection the call runs for, or null.</summary>
    public ISession? Session { get; private set; }

    /// <summary>Scratch of the shard's eviction.</summary>
    public List<KeyEntry> EvictionPage { get; } = [];

    public void Begin(
        long now, Dot dot, bool readOnly, CallTicket? ticket, ISession? session = null, bool noTouch = false,
        bool isTransaction = false)
    {
        Session = session;
        _noTouch = _sessionNoTouch = noTouch;
        _isTransaction = isTransaction;
        _isFirstStep = true;
        HasFlushedInPlace = false;
        _now = now;
        _readOnly = readOnly;
        _ticket = ticket;
        WaitState = ticket?.WaitState;
        _absentUsed = 0;
        Hits = 0;
        Misses = 0;
        IsFlushRequested = false;
        _deltas.Begin(dot);
        Needs.Clear();
        ticket?.Supplies.DrawWindows.Restart();
        if (_expired.Count > 0)
        {
            _expired.Clear();
        }

        if (_events.Count > 0)
        {
            _events.Clear();
        }

        if (_changes.Count > 0)
        {
            _changes.Clear();
        }
    }

    /// <summary>Goes on with the next command of a transaction.</summary>
    /// <returns>Where to go back to if the command fails.</returns>
    public CallSavepoint BeginStep(CommandSpec command)
    {
        _readOnly = command.Has(CommandFlags.ReadOnly);
        _noTouch = _sessionNoTouch || command.Has(CommandFlags.NoTouch);
        if (!_isFirstStep && command.Has(CommandFlags.Write))
        {
            _deltas.NextCommand();
        }

        _isFirstStep = false;
        return _effects.Save() with { Events = _events.Count };
    }

    /// <summary>Undoes what one command of a transaction did.</summary>
    public void TakeBackTo(CallSavepoint savepoint)
    {
        _effects.UndoTo(savepoint);
        _events.RemoveRange(savepoint.Events, _events.Count - savepoint.Events);
    }

    /// <summary>Undoes everything the call did.</summary>
    public void TakeBack()
    {
        _effects.Undo();
        _events.Clear();
        if (_stream is not null)
        {
            _keyspace.CloseStream(_stream);
            _stream = null;
        }
    }

    /// <summary>Tells that keys came into being, ahead of what the commands that made them say.</summary>
    public void NotifyNew(int position, byte[] name)
    {
        if ((_keyspace.EnabledEvents & KeyspaceEvents.New) != 0)
        {
            _events.Insert(Math.Min(position, _events.Count), new CallEvent(KeyspaceEvents.New, "new", name));
        }
    }

    /// <summary>Notes that a key's value is no longer what it was.</summary>
    public void NoteChange(byte[] name)
    {
        if (_keyspace.Observer.IsWatching)
        {
            _changes.Add(name);
        }
    }

    /// <summary>Remembers an address already computed to find the shard.</summary>
    public void Hint(ReadOnlySpan<byte> name, ulong hash, ushort partition)
    {
        _hintLength = name.Length is > 0 and <= HintBytesMax ? name.Length : -1;
        if (_hintLength >= 0)
        {
            name.CopyTo(_hintName);
            _hintHash = hash;
            _hintPartition = partition;
        }
    }

    /// <summary>Notes a key that cannot be answered from here yet.</summary>
    public void RequireLease(ReadOnlySpan<byte> name) => RequireLease(KeyAddress.PartitionOf(name), name);

    public override void RenewDot() => _deltas.Renew();

    public override Key Open(ReadOnlySpan<byte> name)
    {
        ulong hash;
        ushort partition;
        if (_hintLength == name.Length && name.SequenceEqual(_hintName.AsSpan(0, _hintLength)))
        {
            hash = _hintHash;
            partition = _hintPartition;
        }
        else
        {
            hash = _keyspace.HashOf(name);
            partition = KeyAddress.PartitionOf(name);
        }

        Shard shard = _keyspace.ShardOf(partition);
        Invariant.That(shard.Gate.IsHeldByCurrentThread, "a call opens only keys its command row names");
        RequireLease(partition, name);
        KeyEntry? entry = shard.Table.Find(hash, name);
        if (entry is null)
        {
            if (!HasFlushedInPlace && shard.MayHaveCold(hash))
            {
                Needs.Add(new ColdKey(hash, partition, name.ToArray()));
            }

            CountMiss(name);
            return new Key(this, name, TakeAbsent(hash, partition));
        }

        if (entry.Elements is { } elements && elements.NextDeadline <= _now && !entry.IsExpired(_now))
        {
            ReapElements(entry, ReapedPerCallMax);
        }

        bool exists = entry.HasContent && !entry.IsExpired(_now);
        if (_readOnly)
        {
            Hits += exists ? 1 : 0;
        }

        if (!exists)
        {
            CountMiss(name);
        }

        Use(entry);

        return new Key(this, name, entry);
    }

    public override KeyType? TypeOf(Key key)
    {
        KeyEntry? entry = Seen(key);
        if (entry is null)
        {
            return null;
        }

        if (entry.Value.IsVisible)
        {
            return _types.Single;
        }

        foreach (KeyType type in _types.Collections)
        {
            if (entry.Elements!.Holds(type))
            {
                return type;
            }
        }

        return null;
    }

    public override long DeadlineOf(Key key) => Seen(key)?.Deadline ?? Cell.NoDeadline;

    public override long Count(Key key, KeyType type)
    {
        KeyEntry? entry = Seen(key);
        return entry is null ? 0
            : type.IsSingle ? (entry.Value.IsVisible ? 1 : 0)
            : entry.Elements?.CountOf(type.Kind.Tag) ?? 0;
    }

    public override long CountOf(Key key, RecordKind kind) => Seen(key)?.Elements?.CountOf(kind.Tag) ?? 0;

    public override bool TryGet(Key key, RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value)
    {
        value = default;
        KeyEntry? entry = Seen(key);
        if (entry is null)
        {
            return false;
        }

        if (!IsSingle(kind))
        {
            return _elements.TryGet(entry, kind, element, out value);
        }

        if (!entry.Value.IsVisible)
        {
            return false;
        }

        value = View(entry.Value);
        return true;
    }

    public override IReadOnlyList<CellDot> DotsOf(Key key, RecordKind kind, ReadOnlySpan<byte> element)
    {
        Invariant.That(!IsSingle(kind), "only elements are read write by write");
        return Seen(key) is { } entry ? _elements.DotsOf(entry, kind, element) : [];
    }

    public override bool HasAllUpTo(Key key, Dot dot)
    {
        ushort partition = KeyAddress.PartitionOf(key.Name);
        return _keyspace.IsAlone || !_keyspace.IsHeld(partition) || _keyspace.Context.IsApplied(partition, dot);
    }

    public override bool Put(
        Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, PutOptions options)
    {
        KeyEntry entry = ForWrite(key);
        if (!IsSingle(kind))
        {
            return _elements.Put(entry, kind, element, payload, options);
        }

        if (entry.Elements is { IsVisible: true })
        {
            _elements.Clear(entry);
        }

        return _values.Put(entry, kind, payload, options);
    }

    public override void Increment(Key key, RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount)
    {
        Invariant.That(kind.Merge is null, "only dotted cells count");
        KeyEntry entry = ForWrite(key);
        if (IsSingle(kind))
        {
            _values.Increment(entry, kind, amount);
        }
        else
        {
            _elements.Increment(entry, kind, element, amount);
        }
    }

    public override bool Remove(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        Seen(key) is { } entry &&
        (IsSingle(kind) ? _values.Remove(entry, kind) : _elements.Remove(entry, kind, element));

    public override bool RemoveFinally(Key key, RecordKind kind, ReadOnlySpan<byte> element)
    {
        Invariant.That(!IsSingle(kind), "final removals are of elements");
        return Seen(key) is { } entry && _elements.Remove(entry, kind, element, isFinal: true);
    }

    public override void RemoveAt(Key key, RecordKind kind, ElementCursor walk)
    {
        KeyEntry? entry = Seen(key);
        Invariant.That(entry is not null && walk is RecordCursor, "a walk stands on an element of an existing key");
        _elements.RemoveAt(entry, kind, (RecordCursor)walk);
    }

    public override bool Amend(Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload) =>
        Seen(key) is { } entry && _elements.Amend(entry, kind, element, payload);

    public override void Memoize(Key key, RecordKind kind, int at, ReadOnlySpan<byte> derived)
    {
        Invariant.That(IsSingle(kind), "only a single record keeps what is computed from it");
        if (Seen(key) is { Value.Payload: byte[] payload } entry)
        {
            derived.CopyTo(payload.AsSpan(0, entry.Value.Length)[at..]);
        }
    }

    public override bool Delete(Key key)
    {
        KeyEntry? entry = Find(key);
        if (entry is null || !entry.HasContent)
        {
            return false;
        }

        bool existed = !entry.IsExpired(_now);
        DeleteContent(entry);
        if (!existed)
        {
            CountExpired(entry);
        }

        return existed;
    }

    public override void SetDeadline(Key key, long deadline)
    {
        KeyEntry? entry = Seen(key);
        if (entry is null)
        {
            // What would have made the key may be what is missing.
            Invariant.That(!Needs.IsEmpty, "only an existing key has a time to live");
            return;
        }

        if (entry.Value.IsVisible)
        {
            _values.Expire(entry, _types.Single!.Kind, deadline);
        }

        if (entry.Elements is { IsVisible: true })
        {
            _elements.Expire(entry, deadline);
        }
    }

    public override bool SetElementDeadline(Key key, RecordKind kind, ReadOnlySpan<byte> element, long deadline)
    {
        Invariant.That(!IsSingle(kind), "a key that is one record has the key's time to live");
        return Seen(key) is { } entry && _elements.Expire(entry, kind, element, deadline);
    }

    public override void Copy(Key source, Key destination)
    {
        KeyEntry? from = Seen(source);
        Invariant.That(from is not null, "only an existing key can be copied");
        if (from.Value.IsVisible)
        {
            RecordKind kind = _types.Single!.Kind;
            RecordState value = from.Value;
            if (value.Payload is not null)
            {
                Put(destination, kind, default, value.Visible, new PutOptions(value.Deadline));
            }

            if (value.HasCounter)
            {
                Increment(destination, kind, default, value.CounterWorth);
                if (value.Deadline != Cell.NoDeadline)
                {
                    SetDeadline(destination, value.Deadline);
                }
            }

            return;
        }

        foreach (RecordKind kind in _types.ElementKinds)
        {
            if (from.Elements!.CountOf(kind.Tag) > 0)
            {
                CopyElements(from, kind, destination);
            }
        }

        if (from.Deadline != Cell.NoDeadline)
        {
            SetDeadline(destination, from.Deadline);
        }
    }

    public override ElementCursor Scan(Key key, RecordKind kind, ReadOnlySpan<byte> from, bool reverse) =>
        Seen(key) is { Elements: not null } entry ? _elements.Scan(entry, kind, from, reverse) : NoElements.Cursor;

    public override ElementCursor ScanFrom(Key key, RecordKind kind, ulong position)
    {
        Invariant.That(kind.Order == ElementOrder.ByHash, "only elements ordered by hash have positions");
        return position <= uint.MaxValue && Seen(key) is { Elements: not null } entry
            ? _elements.ScanFrom(entry, kind, ElementSuffix.At(kind, (uint)position))
            : NoElements.Cursor;
    }

    public override ElementCursor ScanAt(Key key, RecordKind kind, long index) =>
        Seen(key) is { Elements: not null } entry ? _elements.ScanAt(entry, kind, index) : NoElements.Cursor;

    public override ElementCursor? Draw(Key key, RecordKind kind) =>
        Seen(key) is { Elements: not null } entry ? _elements.Draw(entry, kind, _random) : null;

    public override long RankOf(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        Seen(key) is { Elements: not null } entry ? _elements.RankOf(entry, kind, element) : 0;

    public override bool TryStream(
        Key key, RecordKind kind, ElementRange range, ElementAnswer answer, bool mayFollow)
    {
        if (Seen(key) is not { Elements: { } elements } entry)
        {
            return false;
        }

        if (elements.NextDeadline <= _now)
        {
            ReapElements(entry, int.MaxValue);
        }

        if (!mayFollow || !entry.Elements!.IsPaged || range.Count <= _keyspace.Runs.Length)
        {
            return false;
        }

        byte[]? first = FindFirst(key, kind, range);
        if (!Needs.IsEmpty)
        {
            return false;
        }

        _stream = _keyspace.OpenStream(entry, kind, first, range, answer);
        return true;
    }

    /// <summary>The suffix of the first element of a range; null for an end of the collection.</summary>
    private byte[]? FindFirst(Key key, RecordKind kind, ElementRange range)
    {
        if (range.First == (range.Reverse ? CountOf(key, kind) - 1 : 0))
        {
            return null;
        }

        return ScanAt(key, kind, range.First) is RecordCursor walk && walk.StepCounted() ? walk.Suffix : null;
    }

    /// <summary>Hands over the rest of the answer, if it is to follow.</summary>
    public ElementStream? TakeStream()
    {
        ElementStream? stream = _stream;
        _stream = null;
        return stream;
    }

    public override ulong ScanKeys(ulong cursor, long count, KeyVisitor visit)
    {
        (ulong next, KeyPageRequest? needed) =
            _keyspace.Walk.Visit(cursor, count, _now, Pages, visit);
        Needs.KeyPage = needed;
        return next;
    }

    public override byte[]? RandomKey()
    {
        (byte[]? name, KeyPageRequest? needed) = _keyspace.Walk.Draw(_now, _random, Pages);
        Needs.KeyPage = needed;
        return name;
    }

    public override void FlushAll()
    {
        IsFlushRequested = true;
        _deltas.ClearEverything();
        if (!_isTransaction)
        {
            return;
        }

        HasFlushedInPlace = true;
        var all = new List<KeyEntry>();
        foreach (Shard shard in _keyspace.Shards)
        {
            shard.Table.Collect(0, int.MaxValue, all);
        }

        all.ForEach(_effects.Vanish);
    }

    public override KeyWatch? Watch(Key key)
    {
        if (!Needs.IsEmpty)
        {
            return null;
        }

        Shard shard = _keyspace.ShardOf(KeyAddress.PartitionOf(key.Name));
        var watch = new KeyWatch(key.Name.ToArray(), Seen(key) is not null, DeadlineOf(key), shard.EndWatch)
        {
            Digest = DigestOf(key),
        };
        shard.Watches.Add(watch);
        return watch;
    }

    /// <summary>See <see cref="KeyWatch.Digest"/>.</summary>
    public ulong DigestOf(Key key) => Seen(key) is { } entry ? Effects.DigestOf(entry) : 0;

    public override void Notify(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name)
    {
        if ((_keyspace.EnabledEvents & eventClass) != 0)
        {
            _events.Add(new CallEvent(eventClass, eventName, name.ToArray()));
        }
    }

    public override long MemoryBytes(Key key) => Find(key)?.Cost ?? 0;

    public override void AfterCommit(Action effect) => _events.Add(new CallEvent(effect));

    public override long IdleMilliseconds(Key key) =>
        Find(key) is { } entry ? Math.Max(0, (_now / 1000) - entry.LastUsedSeconds) * 1000 : 0;

    public override void Touch(Key key, long idleMilliseconds)
    {
        if (Find(key) is { } entry)
        {
            entry.LastUsedSeconds = (uint)(Math.Max(0, _now - idleMilliseconds) / 1000);
        }
    }

    /// <summary>The kind with a tag, or null.</summary>
    public RecordKind? KindOf(byte tag) => _types.KindOf(tag);

    /// <summary>Whether a record is visible and within its own deadline.</summary>
    public bool IsSeen(in RecordState state) => state.IsVisible && state.Deadline > _now;

    /// <summary>What a reader is shown of a record.</summary>
    public static ElementValue View(in RecordState state)
    {
        bool counts = state.HasCounter;
        return new ElementValue(
            state.Visible,
            counts,
            counts ? state.CounterWorth : default,
            state.Deadline,
            state.IsCounter ? default : state.Dot);
    }

    /// <summary>The part of a paged collection that tells what the store has next from a bound on, or before it in
    /// reverse; noted as missing when the call does not have it.</summary>
    public ElementPage? FindPage(KeyEntry entry, byte tag, byte[] bound, bool reverse) => FindPage(
        entry, tag, bound, reverse, _ticket!.Supplies.ElementPages.BytesFor(entry.Elements!));

    /// <summary>As the other; what is missing is asked for up to a size.</summary>
    public ElementPage? FindPage(KeyEntry entry, byte tag, byte[] bound, bool reverse, int bytes)
    {
        Collection elements = entry.Elements!;
        ElementPage? page = _ticket!.Supplies.ElementPages.Find(elements, bound, reverse);
        if (page is null)
        {
            Needs.Add(new ElementPageRequest(
                entry, elements, elements.Generation, elements.TrimEpoch, tag, bound, reverse, bytes));
        }

        return page;
    }

    /// <summary>Lets go of a page the call needs no more.</summary>
    public void DropPage(KeyEntry entry, ElementPage page) =>
        _ticket!.Supplies.ElementPages.Remove(entry.Elements!, page);

    /// <summary>The runs of a kind of elements in a paged collection.</summary>
    public ElementRuns RunsOf(KeyEntry entry, byte tag) =>
        entry.Elements!.Runs.Of(tag, _keyspace.Runs, entry.Elements.CountOf(tag));

    /// <summary>A collection was divided further, which the store should know.</summary>
    public void KeepRuns(KeyEntry entry) => _keyspace.ShardOf(entry.Partition).MarkDirty(entry);

    /// <summary>The range of the store that the call asked for with <see cref="RequestRange"/>, if it was given.</summary>
    public ElementPage? FindRange(Collection elements, byte[] low, byte[] high) =>
        _ticket!.Supplies.ElementPages.FindRange(elements, low, high);

    /// <summary>Notes a range of the store as missing.</summary>
    public void RequestRange(KeyEntry entry, byte tag, byte[] low, byte[] high, int bytesMax)
    {
        Collection elements = entry.Elements!;
        Needs.Add(new ElementPageRequest(
            entry, elements, elements.Generation, elements.TrimEpoch, tag, low, Reverse: false, bytesMax, high));
    }

    /// <summary>Where the call draws from a paged collection.</summary>
    public DrawWindows DrawWindowsOf(Collection elements) => _ticket!.Supplies.DrawWindows.Of(elements);

    /// <summary>Removes elements past their own deadline, oldest first, and the key with the last. Of a paged
    /// collection what has to be read first is noted as missing.</summary>
    public void ReapElements(KeyEntry entry, int atMost)
    {
        KeyType? type = _types.TypeOf(_elements.ReapDue(entry, _now, atMost));
        if (type is null)
        {
            return;
        }

        NoteChange(entry.Name);
        if (type.ElementsExpired is (KeyspaceEvents eventClass, string eventName))
        {
            Notify(eventClass, eventName, entry.Name);
        }

        if (!entry.HasContent)
        {
            Notify(KeyspaceEvents.Generic, "del", entry.Name);
        }
    }

    /// <summary>Key rows of the store for walks; null when the store counts for nothing.</summary>
    private KeyPageCache? Pages => HasFlushedInPlace ? null : _ticket!.Supplies.KeyPages;

    private bool IsSingle(RecordKind kind) => ReferenceEquals(kind, _types.Single?.Kind);

    private void RequireLease(ushort partition, ReadOnlySpan<byte> name)
    {
        if (!_keyspace.IsAnswerable(partition, name))
        {
            Needs.Add(new KeyName(partition, name.ToArray()));
        }
    }

    private AbsentKey TakeAbsent(ulong hash, ushort partition)
    {
        if (_absentUsed == _absent.Count)
        {
            _absent.Add(new AbsentKey());
        }

        AbsentKey absent = _absent[_absentUsed++];
        absent.Hash = hash;
        absent.Partition = partition;
        absent.Entry = null;
        return absent;
    }

    private void CountMiss(ReadOnlySpan<byte> name)
    {
        if (_readOnly)
        {
            Misses++;
            Notify(KeyspaceEvents.KeyMiss, "keymiss", name);
        }
    }

    /// <summary>Marks a key as used. Written only when it changes, so that reads leave its memory alone.</summary>
    private void Use(KeyEntry entry)
    {
        if (!entry.IsUsed)
        {
            entry.IsUsed = true;
        }

        uint seconds = (uint)(_now / 1000);
        if (!_noTouch && entry.LastUsedSeconds != seconds)
        {
            entry.LastUsedSeconds = seconds;
        }
    }

    /// <summary>The key's entry, or null when the table has none.</summary>
    private static KeyEntry? Find(Key key) => key.Handle as KeyEntry ?? ((AbsentKey)key.Handle).Entry;

    /// <summary>The key's entry when a reader sees the key.</summary>
    private KeyEntry? Seen(Key key)
    {
        KeyEntry? entry = Find(key);
        if (entry is null || !entry.HasContent)
        {
            return null;
        }

        if (entry.IsExpired(_now))
        {
            _expired.Add(entry);
            return null;
        }

        return entry;
    }

    /// <summary>The key's entry, ready to be written: what is past its deadline is cleared first, as an observed
    /// removal, so that an old time to live cannot attach to the new content.</summary>
    private KeyEntry ForWrite(Key key)
    {
        KeyEntry? entry = Find(key);
        if (entry is null)
        {
            var absent = (AbsentKey)key.Handle;
            Shard shard = _keyspace.ShardOf(absent.Partition);
            entry = shard.Table.Find(absent.Hash, key.Name);
            if (entry is null)
            {
                entry = new KeyEntry(key.Name.ToArray(), absent.Hash, absent.Partition)
                {
                    IsUsed = true,
                    LastUsedSeconds = (uint)(_now / 1000),
                };
                if (Needs.IsEmpty)
                {
                    shard.Add(entry);
                }

                // Else the call will be taken back, and an entry in the table would say that the key is absent.
            }

            absent.Entry = entry;
        }

        if (entry.HasContent && entry.IsExpired(_now))
        {
            DeleteContent(entry);
            CountExpired(entry);
        }

        return entry;
    }

    private void CountExpired(KeyEntry entry)
    {
        _keyspace.ShardOf(entry.Partition).Expired++;
        Notify(KeyspaceEvents.Expired, "expired", entry.Name);
    }

    private void CopyElements(KeyEntry from, RecordKind kind, Key destination)
    {
        RecordCursor walk = _elements.Scan(from, kind, default, reverse: false);
        while (walk.MoveNext())
        {
            RecordState state = walk.State;
            if (state.Payload is not null)
            {
                Put(destination, kind, walk.Element, state.Visible, new PutOptions(state.Deadline));
            }

            if (state.HasCounter)
            {
                Increment(destination, kind, walk.Element, state.CounterWorth);
                if (state.Deadline != Cell.NoDeadline)
                {
                    SetElementDeadline(destination, kind, walk.Element, state.Deadline);
                }
            }
        }
    }

    private void DeleteContent(KeyEntry entry)
    {
        if (entry.Value.IsVisible)
        {
            _values.Remove(entry, _types.Single!.Kind);
        }

        if (entry.Elements is { IsVisible: true } or { Register.IsEmpty: false })
        {
            _elements.Clear(entry);
        }
    }

    /// <summary>Stands for a key the table does not have, until the call writes it.</summary>
    private sealed class AbsentKey : KeyHandle
    {
        public ulong Hash;
        public ushort Partition;
        public KeyEntry? Entry;
    }
}
