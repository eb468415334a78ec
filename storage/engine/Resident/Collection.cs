using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// The records of a key that is not a single record: its elements, its register and what the store still has to be
/// told.
/// <para>
/// A resident collection has all its elements in the tree. A paged one has some: whatever changed since the last
/// checkpoint, and what was used lately. There an element without a record says that the store has none either, or
/// is yet to remove it. Counts and digest cover all elements in both cases.
/// </para>
/// </summary>
internal sealed class Collection
{
    private const int ElementCost = 128;
    private const int TrimStep = 256;
    private const int FilterRoomAtLeast = 256;

    private readonly Dictionary<byte, long> _visible = [];
    private readonly List<byte[]> _trimmed = [];
    private readonly CollectionEnds _ends = new();
    private HashSet<byte[]> _dirty = new(SuffixComparer.Instance);
    private long _cost;
    private long _visibleTotal;
    private byte[] _hand = [];
    private StoredKeyFilter? _stored;

    /// <summary>The elements in memory; in a paged collection its weights and ranks mean nothing.</summary>
    public ElementTree Tree { get; private set; } = new();

    /// <summary>Whether the store may have elements that the tree has not.</summary>
    public bool IsPaged { get; private set; }

    /// <summary>How many visible elements lie where, once the collection is paged.</summary>
    public CollectionRuns Runs { get; private set; } = new();

    /// <summary>Elements that stay in memory for calls that asked for them.</summary>
    public ElementPins Pins { get; } = new();

    /// <summary>Grows when the collection is emptied: what was read from the store before is no part of it.</summary>
    public int Generation { get; private set; }

    /// <summary>Grows when changed elements leave memory while <see cref="Scans"/> are under way: pages read before may
    /// hold what they were.</summary>
    public int TrimEpoch { get; private set; }

    /// <summary>Calls that hold pages of this collection. Changed atomically, since a call may be given up outside the
    /// gate.</summary>
    public int Scans;

    /// <summary>The collection's time-to-live register, a record under <see cref="StorageKeys.RegisterTag"/>.</summary>
    public RecordState Register;

    /// <summary>What deletes this node has to remember until its applied vector covers them.</summary>
    public VersionVector Clear { get; private set; } = new();

    /// <summary>The store's rows of this key are to be removed as a range before anything is written.</summary>
    public bool IsPurgePending { get; private set; }

    public bool IsRegisterDirty { get; set; }

    public bool IsRegisterStored { get; set; }

    /// <summary>Some element counts, or once did: a clear vector cannot say what a sum was, so a delete has to.
    /// </summary>
    public bool HasCounters { get; private set; }

    /// <summary>XOR of the digest contributions of all records, so that emptying takes one step however large.
    /// </summary>
    public ulong DigestSum { get; set; }

    /// <summary>A time before which no element's own deadline passes, exact while the collection is resident;
    /// <see cref="Cell.NoDeadline"/> when no element has one.</summary>
    public long NextDeadline { get; private set; } = Cell.NoDeadline;

    public long Cost => _cost + Runs.Bytes;

    public bool IsVisible => _visibleTotal > 0;

    public bool IsBlank => !IsPaged && Tree.Count == 0 && Register.IsEmpty && Clear.Count == 0;

    public IEnumerable<KeyValuePair<byte, long>> Counts =>
        _visible.Where(pair => pair.Value > 0).OrderBy(pair => pair.Key);

    public int DirtyCount => _dirty.Count;

    /// <summary>A collection of which nothing is in memory yet.</summary>
    public static Collection Paged(in CollectionRow row)
    {
        var paged = new Collection
        {
            IsPaged = true,
            DigestSum = row.DigestSum,
            HasCounters = row.HasCounters,
            NextDeadline = row.NextDeadline,
        };
        foreach ((byte tag, long count) in row.Counts)
        {
            paged.AddCount(tag, count);
        }

        return paged;
    }

    public long CountOf(byte tag) => _visible.GetValueOrDefault(tag);

    /// <summary>Whether memory can tell what an element is, be it that it is absent.</summary>
    public bool Knows(ReadOnlySpan<byte> suffix) =>
        !IsPaged || !Unsafe.IsNullRef(ref Tree.Find(suffix)) || IsSurelyAbsent(suffix);

    /// <summary>Whether the store has no element that the tree has not either; only a collection that outgrew memory
    /// since it was last read can tell.</summary>
    public bool IsSurelyAbsent(ReadOnlySpan<byte> suffix) => _stored?.MayContain(HashOf(suffix)) == false;

    public RecordState Get(ReadOnlySpan<byte> suffix)
    {
        ref ElementItem item = ref Tree.Find(suffix);
        return Unsafe.IsNullRef(ref item) ? default : item.State;
    }

    /// <summary>Puts a record in place, an empty one taking the element out. The way of every change and of its
    /// undoing.</summary>
    public void Set(ReadOnlySpan<byte> suffix, in RecordState state)
    {
        ref ElementItem item = ref Tree.Find(suffix);
        if (Unsafe.IsNullRef(ref item))
        {
            if (state.IsEmpty && (!IsPaged || IsSurelyAbsent(suffix)))
            {
                return;
            }

            item = ref Tree.Add(suffix.ToArray());
            _cost += ElementCost + suffix.Length;

            // A changed suffix without an element is a removal that the store has yet to hear of.
            item.IsStored = IsPaged ? !IsSurelyAbsent(suffix) : _dirty.Contains(item.Suffix);
            AddToFilter(suffix);
        }

        byte[] name = item.Suffix;
        _ends.Include(name, state);
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        int change = (state.IsVisible ? 1 : 0) - (item.State.IsVisible ? 1 : 0);
        _cost += state.Cost - item.State.Cost;
        item.State = state;
        bool wasDirty = item.IsDirty;
        bool isStored = item.IsStored;
        item.IsDirty = true;
        item.IsWritten = true;
        item.IsUsed = true;
        bool isTakenOut = state.IsEmpty && !IsPaged;
        if (change != 0)
        {
            AddCount(name[0], change);
            Runs.Shift(name, change);
            if (!isTakenOut)
            {
                Tree.Reweigh(name, change);
            }
        }

        if (name[0] == StorageKeys.ElementDeadlineTag)
        {
            ShiftNextDeadline(name, state);
        }

        if (state.IsEmpty)
        {
            if (!isStored)
            {
                // Added and removed between two checkpoints: the store never hears of it, so queues leave no
                // tombstones behind.
                item.IsDirty = false;
                _dirty.Remove(name);
            }

            if (isTakenOut)
            {
                Tree.Remove(name, -change);
                _cost -= ElementCost + name.Length;
            }

            if (!isStored)
            {
                return;
            }
        }

        if (!wasDirty || state.IsEmpty)
        {
            _dirty.Add(name);
        }
    }

    /// <summary>Adds a visible element that neither memory nor the store can have.</summary>
    public void Add(byte[] suffix, in RecordState state)
    {
        ref ElementItem item = ref Tree.Add(suffix, weight: 1);
        item.State = state;
        item.IsDirty = true;
        item.IsWritten = true;
        item.IsUsed = true;
        _cost += ElementCost + suffix.Length + state.Cost;
        AddCount(suffix[0], 1);
        Runs.Shift(suffix, 1);
        AddToFilter(suffix);
        _ends.Include(suffix, state);
        _dirty.Add(suffix);
    }

    /// <summary>Where a walk over a kind from one of its ends may begin: nothing visible lies before.</summary>
    public byte[] EndOf(byte tag, bool reverse) => _ends.Find(tag, reverse);

    /// <summary>Remembers the first visible element that a walk from an end of its kind has come to.</summary>
    public void RememberEnd(byte[] suffix, bool reverse) => _ends.Remember(suffix, reverse);

    /// <summary>Takes back a change of an element that a paged collection knew nothing of: knows nothing again.
    /// </summary>
    public void Forget(ReadOnlySpan<byte> suffix)
    {
        Set(suffix, default);
        _ends.Clear();
        ref ElementItem item = ref Tree.Find(suffix);
        _dirty.Remove(item.Suffix);
        Take(item);
    }

    /// <summary>Puts in what the store has; in a paged collection that may be nothing, for which an empty record
    /// stands.</summary>
    public void Load(byte[] suffix, in RecordState state)
    {
        ref ElementItem item = ref Tree.Add(suffix);
        item.State = state;
        item.IsStored = !state.IsEmpty;
        item.IsUsed = true;
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        _cost += ElementCost + suffix.Length + state.Cost;
        if (state.IsVisible)
        {
            Tree.Reweigh(suffix, 1);
            if (!IsPaged)
            {
                AddCount(suffix[0], 1);
                if (suffix[0] == StorageKeys.ElementDeadlineTag)
                {
                    NextDeadline = Math.Min(NextDeadline, StorageKeys.DeadlineIn(suffix));
                }
            }
        }
    }

    /// <summary>Raises the bound of a paged collection, once a walk has shown which deadline is the first.</summary>
    public void RaiseNextDeadline(long first) => NextDeadline = first;

    /// <summary>Forgets everything at once; the store's rows go as a range at the next checkpoint.</summary>
    public CollectionContent Empty()
    {
        var before = new CollectionContent(
            Tree,
            IsPaged,
            _stored,
            new Dictionary<byte, long>(_visible),
            _dirty,
            _cost,
            DigestSum,
            HasCounters,
            Register,
            IsPurgePending,
            IsRegisterDirty,
            NextDeadline,
            Runs);
        Tree = new ElementTree();
        Runs = new CollectionRuns();
        IsPaged = false;
        _ends.Clear();
        _stored = null;
        Generation++;
        _visible.Clear();
        _visibleTotal = 0;
        _dirty = new HashSet<byte[]>(SuffixComparer.Instance);
        _cost = 0;
        DigestSum = 0;
        HasCounters = false;
        NextDeadline = Cell.NoDeadline;
        Register = default;
        IsRegisterDirty = false;
        IsPurgePending = true;
        return before;
    }

    /// <summary>Takes <see cref="Empty"/> back.</summary>
    public void Restore(CollectionContent before)
    {
        Tree = before.Tree;
        IsPaged = before.IsPaged;
        _ends.Clear();
        _stored = before.Stored;
        Generation--;
        _visible.Clear();
        _visibleTotal = 0;
        foreach ((byte tag, long count) in before.Visible)
        {
            AddCount(tag, count);
        }

        _dirty = before.Dirty;
        _cost = before.Cost;
        Runs = before.Runs;
        DigestSum = before.DigestSum;
        HasCounters = before.HasCounters;
        Register = before.Register;
        IsPurgePending = before.IsPurgePending;
        IsRegisterDirty = before.IsRegisterDirty;
        NextDeadline = before.NextDeadline;
    }

    /// <summary>
    /// One step of a hand that goes round the elements and drops those that the store has and that nobody used since
    /// it last came by. A resident collection becomes a paged one. Not while a batch with changes of this collection
    /// is on its way to the store.
    /// </summary>
    /// <param name="isClean">The key is unchanged: marks of change are left over from calls that were taken back.
    /// </param>
    /// <param name="isUrgent">Memory matters more than the scans under way, which then begin anew.</param>
    /// <param name="rules">How a collection that becomes a paged one is divided.</param>
    public void Trim(bool isClean, bool isUrgent, RunRules rules)
    {
        if (IsPurgePending)
        {
            return;
        }

        BecomePaged(rules);
        bool isScanned = Volatile.Read(ref Scans) > 0;
        bool hasDroppedWritten = false;
        ElementTree.Position at = Tree.Seek(_hand);
        for (int i = 0; i < TrimStep && at.IsValid; i++, at = at.Next())
        {
            ref ElementItem item = ref at.Item;
            if (item.IsUsed)
            {
                item.IsUsed = false;
            }
            else if ((isClean || !item.IsDirty) && (isUrgent || !isScanned || !item.IsWritten) && !Pins.Has(item.Suffix))
            {
                hasDroppedWritten |= item.IsWritten;
                _trimmed.Add(item.Suffix);
            }
        }

        _hand = at.IsValid ? at.Item.Suffix : [];
        foreach (byte[] suffix in _trimmed)
        {
            _dirty.Remove(suffix);
            Take(Tree.Find(suffix));
        }

        _trimmed.Clear();
        TrimEpoch += isScanned && hasDroppedWritten ? 1 : 0;
    }

    /// <summary>The elements of which memory may know better than the store, in order.</summary>
    /// <param name="low">The first suffix.</param>
    /// <param name="high">The suffix behind the last.</param>
    /// <param name="reverse">From the last down.</param>
    /// <param name="atMost">How many visible ones are wanted at most.</param>
    /// <param name="isFlushing">A batch with changes of this collection is on its way to the store.</param>
    public List<StoredElement> Changed(byte[] low, byte[] high, bool reverse, long atMost, bool isFlushing)
    {
        var changed = new List<StoredElement>();
        ElementTree.Position at = reverse ? Tree.SeekBefore(high) : Tree.Seek(low);
        byte[] end = reverse ? low : high;
        while (at.IsValid && atMost > 0 && (at.Item.Suffix.AsSpan().SequenceCompareTo(end) < 0) != reverse)
        {
            if (at.Item.IsDirty || (isFlushing && at.Item.IsWritten))
            {
                changed.Add(new StoredElement(at.Item.Suffix, at.Item.State));
                atMost -= at.Item.State.IsVisible ? 1 : 0;
            }

            at = reverse ? at.Previous() : at.Next();
        }

        return changed;
    }

    /// <summary>Hands the changed suffixes to a checkpoint and starts a new list.</summary>
    public HashSet<byte[]> TakeDirty(out bool purge)
    {
        HashSet<byte[]> taken = _dirty;
        _dirty = new HashSet<byte[]>(SuffixComparer.Instance);
        purge = IsPurgePending;
        IsPurgePending = false;
        return taken;
    }

    /// <summary>Gives back what a failed checkpoint had taken.</summary>
    public void ReturnDirty(IEnumerable<byte[]> suffixes, bool purge)
    {
        foreach (byte[] suffix in suffixes)
        {
            _dirty.Add(suffix);
            ref ElementItem item = ref Tree.Find(suffix);
            if (!Unsafe.IsNullRef(ref item))
            {
                item.IsDirty = true;
            }
        }

        IsPurgePending |= purge;
    }

    /// <summary>Keeps <see cref="NextDeadline"/> right when a derived record of a deadline comes or goes.</summary>
    private void ShiftNextDeadline(byte[] derived, in RecordState state)
    {
        long deadline = StorageKeys.DeadlineIn(derived);
        if (!state.IsEmpty)
        {
            NextDeadline = Math.Min(NextDeadline, deadline);
        }
        else if (deadline == NextDeadline && (!IsPaged || CountOf(StorageKeys.ElementDeadlineTag) == 0))
        {
            ElementTree.Position first = Tree.Seek([StorageKeys.ElementDeadlineTag]);
            while (first.IsValid && first.Item.State.IsEmpty)
            {
                first = first.Next();
            }

            NextDeadline = first.IsValid && first.Item.Suffix[0] == StorageKeys.ElementDeadlineTag
                ? StorageKeys.DeadlineIn(first.Item.Suffix)
                : Cell.NoDeadline;
        }
    }

    private void AddCount(byte tag, long change)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_visible, tag, out _) += change;
        _visibleTotal += change;
    }

    private void BecomePaged(RunRules rules)
    {
        if (IsPaged)
        {
            return;
        }

        IsPaged = true;
        Runs.Divide(Tree, rules);
        foreach (byte[] suffix in _dirty)
        {
            if (Unsafe.IsNullRef(ref Tree.Find(suffix)))
            {
                // Removed, and the store does not know it yet.
                ref ElementItem item = ref Tree.Add(suffix);
                item.IsDirty = item.IsStored = item.IsWritten = true;
                _cost += ElementCost + suffix.Length;
            }
        }

        _stored = new StoredKeyFilter(Math.Max(FilterRoomAtLeast, 4 * Tree.Count)) { IsComplete = true };
        for (ElementTree.Position at = Tree.First(); at.IsValid; at = at.Next())
        {
            AddToFilter(at.Item.Suffix);
        }
    }

    private void AddToFilter(ReadOnlySpan<byte> suffix)
    {
        if (_stored is not null && IsSurelyAbsent(suffix))
        {
            long before = _stored.Bytes;
            _stored.Add(HashOf(suffix));
            _cost += _stored.Bytes - before;
        }
    }

    private static ulong HashOf(ReadOnlySpan<byte> suffix) =>
        System.IO.Hashing.XxHash3.HashToUInt64(suffix) >> 1;

    /// <summary>Takes an element out of memory; the counts go on counting it.</summary>
    private void Take(in ElementItem item)
    {
        byte[] suffix = item.Suffix;
        _cost -= ElementCost + suffix.Length + item.State.Cost;
        if (item.State.IsVisible)
        {
            Tree.Reweigh(suffix, -1);
        }

        Tree.Remove(suffix);
    }
}

/// <summary>What a collection held before it was emptied, kept until the call commits.</summary>
internal sealed record CollectionContent(
    ElementTree Tree,
    bool IsPaged,
    StoredKeyFilter? Stored,
    Dictionary<byte, long> Visible,
    HashSet<byte[]> Dirty,
    long Cost,
    ulong DigestSum,
    bool HasCounters,
    RecordState Register,
    bool IsPurgePending,
    bool IsRegisterDirty,
    long NextDeadline,
    CollectionRuns Runs);

/// <summary>Compares suffixes as bytes.</summary>
internal sealed class SuffixComparer : IEqualityComparer<byte[]>
{
    public static SuffixComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => (int)System.IO.Hashing.XxHash3.HashToUInt64(obj);
}
