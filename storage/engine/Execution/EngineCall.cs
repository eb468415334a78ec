using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Journal;
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

    private readonly Keyspace _keyspace;
    private readonly KeyTypeCatalog _types;
    private readonly Random _random;
    private readonly CallEffects _effects;
    private readonly List<AbsentKey> _absent = [];
    private readonly List<ColdKey> _missing = [];
    private readonly List<KeyEntry> _expired = [];
    private readonly List<(KeyspaceEvents Class, string Name, byte[] Key)> _events = [];
    private readonly RecordWriter _suffix = new(64);
    private readonly byte[] _hintName = new byte[HintBytesMax];

    private int _absentUsed;
    private int _hintLength = -1;
    private ulong _hintHash;
    private ushort _hintPartition;
    private long _now;
    private Dot _dot;
    private bool _readOnly;
    private bool _noTouch;
    private bool _hasRemoved;
    private CallTicket? _ticket;

    public EngineCall(Keyspace keyspace)
    {
        _keyspace = keyspace;
        _random = keyspace.NewRandom();
        _types = keyspace.Types;
        _effects = new CallEffects(keyspace.Partitions, keyspace.Types);
    }

    public override long Now => _now;

    public override Random Random => _random;

    public override long KeyCount => _keyspace.KeyCount;

    public CallEffects Effects => _effects;

    /// <summary>The newest stamp the call has taken.</summary>
    public Dot Dot => _dot;

    /// <summary>Keys the call needs that are in the store.</summary>
    public List<ColdKey> Missing => _missing;

    /// <summary>The part of the key space a walk needs next from the store.</summary>
    public KeyPageRequest? MissingPage { get; private set; }

    public bool IsFlushRequested { get; private set; }

    /// <summary>Keys a reading call found, and did not find.</summary>
    public int Hits { get; private set; }

    public int Misses { get; private set; }

    public bool HasMissing => _missing.Count > 0 || MissingPage is not null;

    /// <summary>Keys found past their deadline, to be reaped when the call is over.</summary>
    public List<KeyEntry> Expired => _expired;

    public List<(KeyspaceEvents Class, string Name, byte[] Key)> Events => _events;

    /// <summary>Scratch of the shard's eviction.</summary>
    public List<KeyEntry> EvictionPage { get; } = [];

    public void Begin(long now, Dot dot, bool readOnly, CallTicket? ticket, bool noTouch = false)
    {
        _noTouch = noTouch;
        _now = now;
        _dot = dot;
        _hasRemoved = false;
        _readOnly = readOnly;
        _ticket = ticket;
        _absentUsed = 0;
        Hits = 0;
        Misses = 0;
        MissingPage = null;
        IsFlushRequested = false;
        if (_missing.Count > 0)
        {
            _missing.Clear();
        }

        if (_expired.Count > 0)
        {
            _expired.Clear();
        }

        if (_events.Count > 0)
        {
            _events.Clear();
        }
    }

    /// <summary>Tells that keys came into being, ahead of what the commands that made them say.</summary>
    public void NotifyNew(int position, byte[] name)
    {
        if ((_keyspace.EnabledEvents & KeyspaceEvents.New) != 0)
        {
            _events.Insert(Math.Min(position, _events.Count), (KeyspaceEvents.New, "new", name));
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
        KeyEntry? entry = shard.Table.Find(hash, name);
        if (entry is null)
        {
            if (shard.MayHaveCold(hash))
            {
                _missing.Add(new ColdKey(hash, partition, name.ToArray()));
            }

            CountMiss(name);
            return new Key(this, name, TakeAbsent(hash, partition));
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
            if (entry.Elements!.CountOf(type.Kind.Tag) > 0)
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

    public override bool TryGet(Key key, RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value)
    {
        value = default;
        KeyEntry? entry = Seen(key);
        if (entry is null)
        {
            return false;
        }

        if (IsSingle(kind))
        {
            if (!entry.Value.IsVisible)
            {
                return false;
            }

            value = View(ref entry.Value);
            return true;
        }

        if (entry.Elements is null)
        {
            return false;
        }

        ref ElementItem item = ref entry.Elements.Tree.Find(Suffix(kind, element));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref item) || !IsSeen(item.State))
        {
            return false;
        }

        value = View(ref item.State);
        return true;
    }

    public override bool Put(
        Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, PutOptions options)
    {
        KeyEntry entry = ForWrite(key);
        if (IsSingle(kind))
        {
            return PutValue(entry, kind, payload, options);
        }

        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = entry.Elements?.Get(suffix) ?? default;
        if (!old.IsEmpty && !IsSeen(old) && old.IsVisible)
        {
            // An element past its own deadline: what is seen of it goes before the new value comes.
            RemoveElement(entry, kind, element);
            suffix = Suffix(kind, element);
            old = default;
        }

        RenewStamp(old);
        bool added = !old.IsVisible;
        long deadline = options.KeepDeadline ? old.Deadline : options.Deadline;
        RecordState state;
        int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, element);
        if (old.IsPlain && (old.IsEmpty || old.Origin == _dot.Origin) && options.State == DotState.Live)
        {
            Cell.WriteSimple(_effects.Body, _dot, deadline, payload);
            byte[] stored = kind.Merge is null || old.IsEmpty ? payload.ToArray() : Merge(kind, old.Visible, payload);
            state = Simple(stored, deadline);
        }
        else
        {
            state = Take(old, Cell.Put(old.ToCell(), _dot, payload.ToArray(), options.State, deadline), kind, entry);
        }

        EndRecord(token);
        _effects.SetElement(entry, suffix, state);
        return added;
    }

    public override void Increment(Key key, RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount)
    {
        Invariant.That(kind.Merge is null, "only dotted cells count");
        KeyEntry entry = ForWrite(key);
        bool single = IsSingle(kind);
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = single ? entry.Value : entry.Elements?.Get(suffix) ?? default;
        RenewStamp(old);
        int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, element);
        if (TryCount(old, amount, out RecordState counted))
        {
            Cell.WriteIncrement(_effects.Body, counted.ToSlot());
            EndRecord(token);
            Store(entry, kind, suffix, counted);
            return;
        }

        if (single && old.Cell?.FindSlot(_dot.Origin) is { IsPresent: true } current)
        {
            // A counter beside other things, in which this node already counts: in place, without an object.
            CounterSlot next = CounterSlot.Add(current, _dot, amount);
            Cell.WriteIncrement(_effects.Body, next);
            EndRecord(token);
            _effects.SetSlot(entry, kind.Tag, current, next);
            return;
        }

        RecordState state = Take(old, Cell.Increment(old.ToCell(), _dot, amount), kind, entry);
        EndRecord(token);
        Store(entry, kind, suffix, state);
    }

    /// <summary>The way of nearly every INCR: a counter that this node alone has written and that fits the fields.
    /// </summary>
    private bool TryCount(in RecordState old, CounterSum amount, out RecordState counted)
    {
        counted = default;
        bool isOwn = old.IsEmpty || (old.IsCounter && old.Origin == _dot.Origin);
        if (!isOwn || !amount.IsInteger || !amount.TryGetInteger(out Int128 added))
        {
            return false;
        }

        Int128 total = old.Total + added;
        if (total < long.MinValue || total > long.MaxValue)
        {
            return false;
        }

        counted = RecordState.Counter(_dot, old.IsEmpty ? _dot.Stamp : old.DeadlineStamp, (long)total);
        return true;
    }

    public override bool Remove(Key key, RecordKind kind, ReadOnlySpan<byte> element)
    {
        KeyEntry? entry = Seen(key);
        if (entry is null)
        {
            return false;
        }

        if (IsSingle(kind))
        {
            return RemoveValue(entry);
        }

        bool seen = entry.Elements is not null && IsSeen(entry.Elements.Get(Suffix(kind, element)));
        bool removed = RemoveElement(entry, kind, element) && seen;
        if (removed && !entry.Elements!.IsVisible && !entry.Elements.Register.IsEmpty)
        {
            // The key goes with its last element, and its time to live with it.
            ClearElements(entry);
        }

        return removed;
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
        Invariant.That(entry is not null, "only an existing key has a time to live");
        if (entry.Value.IsVisible)
        {
            byte tag = _types.Single!.Kind.Tag;
            int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, tag, default);
            RecordState state = ExpireRecord(entry.Value, deadline, entry);
            EndRecord(token);
            _effects.SetValue(entry, tag, state);
        }

        if (entry.Elements is { IsVisible: true } elements)
        {
            int token = JournalEntry.BeginRecord(
                _effects.Body, entry.Partition, entry.Name, StorageKeys.RegisterTag, default);
            RecordState state = ExpireRecord(elements.Register, deadline, entry);
            EndRecord(token);
            _effects.SetRegister(entry, state);
        }
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

        for (ElementTree.Position at = from.Elements!.Tree.First(); at.IsValid; at = at.Next())
        {
            RecordState state = at.Item.State;
            RecordKind? kind = _types.KindOf(at.Item.Suffix[0]);
            if (kind is null || !IsSeen(state))
            {
                continue;
            }

            ReadOnlySpan<byte> element = at.Item.Suffix.AsSpan(1);
            if (state.Payload is not null)
            {
                Put(destination, kind, element, state.Visible, new PutOptions(state.Deadline));
            }

            if (state.HasCounter)
            {
                Increment(destination, kind, element, state.CounterWorth);
            }
        }

        if (from.Deadline != Cell.NoDeadline)
        {
            SetDeadline(destination, from.Deadline);
        }
    }

    public override ElementCursor Scan(Key key, RecordKind kind, ReadOnlySpan<byte> from, bool reverse)
    {
        Collection? elements = Seen(key)?.Elements;
        return elements is null
            ? TreeCursor.Empty
            : TreeCursor.Open(this, elements.Tree, kind.Tag, Suffix(kind, from), reverse, from.IsEmpty);
    }

    public override ElementCursor ScanAt(Key key, RecordKind kind, long index)
    {
        Collection? elements = Seen(key)?.Elements;
        if (elements is null || index < 0 || index >= elements.CountOf(kind.Tag))
        {
            return TreeCursor.Empty;
        }

        int first = elements.Tree.Rank([kind.Tag]);
        return TreeCursor.At(this, elements.Tree, kind.Tag, first + (int)index);
    }

    public override long RankOf(Key key, RecordKind kind, ReadOnlySpan<byte> element)
    {
        Collection? elements = Seen(key)?.Elements;
        return elements is null ? 0 : elements.Tree.Rank(Suffix(kind, element)) - elements.Tree.Rank([kind.Tag]);
    }

    public override ulong ScanKeys(ulong cursor, long count, KeyVisitor visit)
    {
        (ulong next, KeyPageRequest? needed) = _keyspace.Walk.Visit(cursor, count, _now, _ticket!.Pages, visit);
        MissingPage = needed;
        return next;
    }

    public override byte[]? RandomKey()
    {
        (byte[]? name, KeyPageRequest? needed) = _keyspace.Walk.Draw(_now, _random, _ticket!.Pages);
        MissingPage = needed;
        return name;
    }

    public override void FlushAll() => IsFlushRequested = true;

    public override void Notify(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name)
    {
        if ((_keyspace.EnabledEvents & eventClass) != 0)
        {
            _events.Add((eventClass, eventName, name.ToArray()));
        }
    }

    public override long IdleMilliseconds(Key key) =>
        Find(key) is { } entry ? Math.Max(0, (_now / 1000) - entry.LastUsedSeconds) * 1000 : 0;

    public override void Touch(Key key)
    {
        if (Find(key) is { } entry)
        {
            entry.LastUsedSeconds = (uint)(_now / 1000);
        }
    }

    /// <summary>Whether a record is visible and within its own deadline.</summary>
    public bool IsSeen(in RecordState state) => state.IsVisible && state.Deadline > _now;

    public static ElementValue View(ref RecordState state)
    {
        bool counts = state.HasCounter;
        return new ElementValue(
            state.Visible,
            counts,
            counts ? state.CounterWorth : default,
            state.Deadline,
            state.IsCounter ? default : state.Dot);
    }

    private bool IsSingle(RecordKind kind) => ReferenceEquals(kind, _types.Single?.Kind);

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
                if (!HasMissing)
                {
                    Keyspace.AddEntry(shard, entry);
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

    private bool PutValue(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> payload, PutOptions options)
    {
        ref RecordState old = ref entry.Value;
        bool added = !old.IsVisible;
        if (entry.Elements is { IsVisible: true })
        {
            ClearElements(entry);
        }

        RenewStamp(old);
        long deadline = options.KeepDeadline ? old.Deadline : options.Deadline;
        if (kind.Merge is null && old.IsPlain && (old.IsEmpty || old.Origin == _dot.Origin) &&
            options.State == DotState.Live)
        {
            int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, default);
            Cell.WriteSimple(_effects.Body, _dot, deadline, payload);
            EndRecord(token);
            _effects.SetValue(entry, kind.Tag, _dot, payload, deadline);
            return added;
        }

        int start = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, default);
        RecordState state = Take(
            old, Cell.Put(old.ToCell(), _dot, payload.ToArray(), options.State, deadline), kind, entry);
        EndRecord(start);
        _effects.SetValue(entry, kind.Tag, state);
        return added;
    }

    private bool RemoveValue(KeyEntry entry)
    {
        if (!entry.Value.IsVisible)
        {
            return false;
        }

        RecordKind kind = _types.Single!.Kind;
        int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, default);
        RecordState state = Take(entry.Value, Cell.Remove(entry.Value.ToCell(), _dot), kind, entry);
        EndRecord(token);
        _hasRemoved = true;
        _effects.SetValue(entry, kind.Tag, state);
        return true;
    }

    private bool RemoveElement(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element)
    {
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = entry.Elements?.Get(suffix) ?? default;
        if (!old.IsVisible)
        {
            return false;
        }

        int token = JournalEntry.BeginRecord(_effects.Body, entry.Partition, entry.Name, kind.Tag, element);
        RecordState state = Take(old, Cell.Remove(old.ToCell(), _dot), kind, entry);
        EndRecord(token);
        _hasRemoved = true;
        _effects.SetElement(entry, suffix, state);
        return true;
    }

    private void DeleteContent(KeyEntry entry)
    {
        RemoveValue(entry);
        if (entry.Elements is { IsVisible: true } or { Register.IsEmpty: false })
        {
            ClearElements(entry);
        }
    }

    /// <summary>Deletes a collection as one vector: everything this node has applied, up to and with this write.
    /// </summary>
    private void ClearElements(KeyEntry entry)
    {
        if (entry.Elements!.HasCounters)
        {
            ResetCounters(entry, entry.Elements);
        }

        VersionVector clear = _keyspace.AppliedWith(_dot);
        int token = JournalEntry.BeginRecord(
            _effects.Body, entry.Partition, entry.Name, JournalEntry.ClearTag, default);
        clear.Write(_effects.Body.Reserve(clear.EncodedLength));
        EndRecord(token);
        _effects.EmptyElements(entry);
        _hasRemoved = true;
    }

    /// <summary>Takes a new stamp for a record that this call has already written or may have removed: under one stamp
    /// the first of two writes would win wherever they are joined, and a removal over either.</summary>
    private void RenewStamp(in RecordState old)
    {
        if (_hasRemoved || old.IsWrittenBy(_dot))
        {
            _dot = new Dot(_keyspace.Clock.Tick(), _dot.Origin);
            _hasRemoved = false;
        }
    }

    private void ResetCounters(KeyEntry entry, Collection elements)
    {
        var counting = new List<byte[]>();
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            if (at.Item.State.HasCounter)
            {
                counting.Add(at.Item.Suffix);
            }
        }

        foreach (byte[] suffix in counting)
        {
            RemoveElement(entry, _types.KindOf(suffix[0])!, suffix.AsSpan(1));
        }
    }

    /// <summary>Journals a delta and joins it into a state.</summary>
    private RecordState Take(in RecordState old, Cell delta, RecordKind kind, KeyEntry entry)
    {
        delta.Write(_effects.Body);
        Cell cell = old.ToCell();
        cell.Join(delta);
        Prune(cell, entry.Partition);
        RecordState state = RecordState.From(cell);
        if (kind.Merge is not null && old.Payload is not null && state.Payload is not null)
        {
            state.Payload = Merge(kind, old.Visible, state.Visible);
            state.Length = state.Payload.Length;
        }

        return state;
    }

    private RecordState ExpireRecord(in RecordState old, long deadline, KeyEntry entry)
    {
        RenewStamp(old);
        if (old.Cell is null && old.Payload is not null && old.Origin == _dot.Origin && deadline != Cell.NoDeadline)
        {
            Cell.WriteExpire(_effects.Body, new CellDeadline(_dot.Origin, _dot.Stamp, deadline));
            RecordState state = old;
            state.Deadline = deadline;
            state.DeadlineStamp = _dot.Stamp;
            return state;
        }

        Cell delta = Cell.Expire(old.ToCell(), _dot, deadline);
        delta.Write(_effects.Body);
        Cell cell = old.ToCell();
        cell.Join(delta);
        Prune(cell, entry.Partition);
        return RecordState.From(cell);
    }

    private void Store(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> suffix, in RecordState state)
    {
        if (IsSingle(kind))
        {
            _effects.SetValue(entry, kind.Tag, state);
        }
        else
        {
            _effects.SetElement(entry, suffix, state);
        }
    }

    private void Prune(Cell cell, ushort partition) =>
        cell.Prune(_keyspace.IsApplied, _keyspace.StableThrough(partition, _dot.Stamp));

    private RecordState Simple(byte[] payload, long deadline) => new()
    {
        Payload = payload,
        Length = payload.Length,
        Origin = _dot.Origin,
        Stamp = _dot.Stamp,
        Deadline = deadline,
        DeadlineStamp = deadline == Cell.NoDeadline ? Stamp.Zero : _dot.Stamp,
    };

    private static byte[] Merge(RecordKind kind, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var joined = new RecordWriter(left.Length + right.Length);
        kind.Merge!(left, right, joined);
        return joined.Written.ToArray();
    }

    private ReadOnlySpan<byte> Suffix(RecordKind kind, ReadOnlySpan<byte> element)
    {
        _suffix.Clear();
        _suffix.WriteByte(kind.Tag);
        _suffix.WriteBytes(element);
        return _suffix.Written;
    }

    private void EndRecord(int token)
    {
        JournalEntry.EndRecord(_effects.Body, token);
        _effects.Records++;
    }

    /// <summary>Stands for a key the table does not have, until the call writes it.</summary>
    private sealed class AbsentKey : KeyHandle
    {
        public ulong Hash;
        public ushort Partition;
        public KeyEntry? Entry;
    }
}

/// <summary>A key a call needs that may be in the store.</summary>
internal readonly record struct ColdKey(ulong Hash, ushort Partition, byte[] Name);

/// <summary>A run of key rows a call needs from the store.</summary>
internal sealed record KeyPageRequest(ulong From, int Rows);
