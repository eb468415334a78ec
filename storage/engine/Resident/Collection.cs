using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
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

    private readonly List<byte[]> _trimmed = [];
    private readonly CollectionEnds _ends = new();

    // What a resident collection no longer had at some moment since the store was last told. An element that came back
    // stays in the list: the store is told of removals first.
    private List<byte[]> _removed = [];
    private ElementCounts _visible = new();
    private long _cost;
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

    public bool IsVisible => _visible.Total > 0;

    public bool IsBlank => !IsPaged && Tree.Count == 0 && Register.IsEmpty && Clear.Count == 0;

    public IEnumerable<(byte Tag, long Count)> Counts => _visible.Visible;

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
            paged._visible.Add(tag, count);
        }

        return paged;
    }

    /// <summary>Whether it has an element of a type, be it only one beside those that are counted: of a stream deleted
    /// on one node and added to on another, entries are left without a head.</summary>
    public bool Holds(KeyType type)
    {
        // By index: every command comes by, and an enumerator behind the interface may be an object.
        IReadOnlyList<RecordKind> kinds = type.Kinds;
        for (int i = 0; i < kinds.Count; i++)
        {
            if (CountOf(kinds[i].Tag) > 0)
            {
                return true;
            }
        }

        return false;
    }

    public long CountOf(byte tag) => _visible.Of(tag);

    /// <summary>Whether memory can tell what an element is, be it that it is absent.</summary>
    public bool Knows(ReadOnlySpan<byte> suffix) =>
        Knows(Tree.Find(suffix), suffix);

    /// <summary>Whether memory can tell what an element is.</summary>
    /// <param name="at">Where it was found.</param>
    /// <param name="suffix">Its suffix.</param>
    public bool Knows(ElementTree.Position at, ReadOnlySpan<byte> suffix) =>
        !IsPaged || at.IsValid || IsSurelyAbsent(suffix);

    /// <summary>Whether the store has no element that the tree has not either; only a collection that outgrew memory
    /// since it was last read can tell.</summary>
    public bool IsSurelyAbsent(ReadOnlySpan<byte> suffix) => _stored?.MayContain(HashOf(suffix)) == false;

    public RecordState Get(ReadOnlySpan<byte> suffix) =>
        Tree.Find(suffix) is { IsValid: true } at ? at.Item.State : default;

    /// <summary>Puts a record in place, an empty one taking the element out. The way of every change and of its
    /// undoing.</summary>
    /// <param name="suffix">The element's suffix, kept.</param>
    /// <param name="state">The record.</param>
    public void Set(byte[] suffix, in RecordState state) => Set(suffix, Tree.Find(suffix), state);

    /// <summary>Puts a record in place.</summary>
    /// <param name="suffix">The element's suffix, kept.</param>
    /// <param name="at">Where the element was found.</param>
    /// <param name="state">The record; not a reference into the collection.</param>
    public void Set(byte[] suffix, ElementTree.Position at, in RecordState state)
    {
        if (at.IsValid)
        {
            Replace(suffix, at, state);
        }
        else if (!state.IsEmpty || (IsPaged && !IsSurelyAbsent(suffix)))
        {
            Add(suffix, state, isStored: IsPaged && !IsSurelyAbsent(suffix));
        }
    }

    /// <summary>Adds an element that neither memory nor the store can have.</summary>
    /// <param name="suffix">Its suffix, kept.</param>
    /// <param name="state">The record.</param>
    public void Add(byte[] suffix, in RecordState state) => Add(suffix, state, isStored: false);

    /// <summary>Where a walk over a kind from one of its ends may begin: nothing visible lies before.</summary>
    public byte[] EndOf(byte tag, bool reverse) => _ends.Find(tag, reverse);

    /// <summary>Remembers the first visible element that a walk from an end of its kind has come to.</summary>
    public void RememberEnd(byte[] suffix, bool reverse) => _ends.Remember(suffix, reverse);

    /// <summary>Up to where memory has all elements of a kind from one of its ends on; null when that is not known.
    /// </summary>
    public byte[]? ReachOf(byte tag, bool reverse) => _ends.ReachOf(tag, reverse);

    /// <summary>Takes in what a walk has read of the store next to an end of a kind, or next to what memory has from there
    /// on, so that who comes next need not read it again.</summary>
    /// <param name="page">What the store has.</param>
    /// <param name="tag">The kind's tag.</param>
    /// <param name="reverse">From the last down.</param>
    public void Adopt(ElementPage page, byte tag, bool reverse)
    {
        foreach ((byte[] suffix, RecordState state) in page.Rows)
        {
            if (!Tree.Find(suffix).IsValid)
            {
                Load(suffix, state);
            }
        }

        _ends.RememberReach(tag, reverse, reverse ? page.Low : page.High);
    }

    /// <summary>Takes back a change of an element that a paged collection knew nothing of: knows nothing again.
    /// </summary>
    public void Forget(byte[] suffix)
    {
        Set(suffix, default);
        _ends.Clear();
        Take(Tree.Find(suffix));
    }

    /// <summary>Puts in what the store has; in a paged collection that may be nothing, for which an empty record
    /// stands.</summary>
    /// <returns>Where it is.</returns>
    public ElementTree.Position Load(byte[] suffix, in RecordState state)
    {
        ElementTree.Position at = Tree.Add(suffix, state.IsVisible ? 1 : 0);
        ref ElementItem item = ref at.Item;
        item.State = state;
        item.IsStored = !state.IsEmpty;
        item.IsUsed = true;
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        _cost += ElementCost + suffix.Length + state.Cost;
        if (state.IsVisible && !IsPaged)
        {
            _visible.Add(suffix[0], 1);
            NoticeDeadline(suffix, state);
        }

        return at;
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
            _visible,
            _removed,
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
        _visible = new ElementCounts();
        _removed = [];
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
        _visible = before.Visible;

        _removed = before.Removed;
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
            else if ((isClean || !item.IsDirty) && (isUrgent || !isScanned || !item.IsWritten) && !Pins.Has(at.Suffix))
            {
                hasDroppedWritten |= item.IsWritten;
                _trimmed.Add(at.Suffix);
                if (!item.State.IsEmpty || item.IsDirty)
                {
                    _ends.LetGo(at.Suffix);
                }
            }
        }

        _hand = at.IsValid ? at.Suffix : [];
        foreach (byte[] suffix in _trimmed)
        {
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
        while (at.IsValid && atMost > 0 && (at.Suffix.AsSpan().SequenceCompareTo(end) < 0) != reverse)
        {
            if (at.Item.IsDirty || (isFlushing && at.Item.IsWritten))
            {
                changed.Add(new StoredElement(at.Suffix, at.Item.State));
                atMost -= at.Item.State.IsVisible ? 1 : 0;
            }

            at = reverse ? at.Previous() : at.Next();
        }

        return changed;
    }

    /// <summary>Hands to a checkpoint whether the store's rows go as a range.</summary>
    public bool TakePurge()
    {
        bool purge = IsPurgePending;
        IsPurgePending = false;
        return purge;
    }

    /// <summary>Hands to a checkpoint what was taken out and the store still has, to be removed there before anything is
    /// written.</summary>
    public List<byte[]> TakeRemoved()
    {
        List<byte[]> removed = _removed;
        if (removed.Count > 0)
        {
            _removed = [];
        }

        return removed;
    }

    /// <summary>Gives back what a failed checkpoint had taken.</summary>
    public void ReturnDirty(IEnumerable<byte[]> suffixes, bool purge)
    {
        foreach (byte[] suffix in suffixes)
        {
            ElementTree.Position at = Tree.Find(suffix);
            if (at.IsValid)
            {
                // What came back since then may still be in the store.
                at.Item.IsStored = true;
                at.MarkDirty();
            }
            else
            {
                _removed.Add(suffix);
            }
        }

        IsPurgePending |= purge;
    }

    private void Add(byte[] suffix, in RecordState state, bool isStored)
    {
        bool isVisible = state.IsVisible;
        ElementTree.Position at = Tree.Add(suffix, isVisible ? 1 : 0);
        ref ElementItem item = ref at.Item;
        item.State = state;
        item.IsStored = isStored;
        item.IsWritten = true;
        item.IsUsed = true;
        at.MarkDirty();
        _cost += ElementCost + suffix.Length + state.Cost;
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        AddToFilter(suffix);
        if (isVisible)
        {
            Count(suffix, 1);
        }

        _ends.Include(suffix, state);
        NoticeDeadline(suffix, state);
    }

    private void Replace(byte[] suffix, ElementTree.Position at, in RecordState state)
    {
        ref ElementItem item = ref at.Item;
        _ends.Include(suffix, state);
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        int change = (state.IsVisible ? 1 : 0) - (item.State.IsVisible ? 1 : 0);
        _cost += state.Cost - item.State.Cost;
        item.State = state;
        item.IsWritten = true;
        item.IsUsed = true;
        bool isStored = item.IsStored;
        bool leaves = state.IsEmpty && !IsPaged;
        if (state.IsEmpty && !isStored)
        {
            // Added and removed between two checkpoints: the store never hears of it, so queues leave no tombstones
            // behind.
            item.IsDirty = false;
        }
        else if (!leaves)
        {
            at.MarkDirty();
        }

        if (change != 0)
        {
            Count(suffix, change);
        }

        if (leaves)
        {
            TakeOut(suffix, -change, isStored);
        }
        else if (change != 0)
        {
            Tree.Reweigh(suffix, change);
        }

        NoticeDeadline(suffix, state);
    }

    private void TakeOut(byte[] suffix, int weight, bool isStored)
    {
        Tree.Remove(suffix, weight);
        _cost -= ElementCost + suffix.Length;
        if (isStored)
        {
            _removed.Add(suffix);
        }
    }

    private void Count(byte[] suffix, int change)
    {
        _visible.Add(suffix[0], change);
        Runs.Shift(suffix, change);
    }

    private void NoticeDeadline(byte[] suffix, in RecordState state)
    {
        if (suffix[0] == StorageKeys.ElementDeadlineTag)
        {
            ShiftNextDeadline(suffix, state);
        }
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

            NextDeadline = first.IsValid && first.Suffix[0] == StorageKeys.ElementDeadlineTag
                ? StorageKeys.DeadlineIn(first.Suffix)
                : Cell.NoDeadline;
        }
    }

    private void BecomePaged(RunRules rules)
    {
        if (IsPaged)
        {
            return;
        }

        IsPaged = true;
        Runs.Divide(Tree, rules);
        foreach (byte[] suffix in _removed)
        {
            ElementTree.Position at = Tree.Find(suffix);
            if (!at.IsValid)
            {
                at = Tree.Add(suffix);
                _cost += ElementCost + suffix.Length;
            }

            at.Item.IsStored = at.Item.IsWritten = true;
            at.MarkDirty();
        }

        _removed.Clear();
        _stored = new StoredKeyFilter(Math.Max(FilterRoomAtLeast, 4 * Tree.Count)) { IsComplete = true };
        for (ElementTree.Position at = Tree.First(); at.IsValid; at = at.Next())
        {
            AddToFilter(at.Suffix);
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
    private void Take(ElementTree.Position at)
    {
        byte[] suffix = at.Suffix;
        _cost -= ElementCost + suffix.Length + at.Item.State.Cost;
        Tree.Remove(suffix, at.Item.State.IsVisible ? 1 : 0);
    }
}

/// <summary>What a collection held before it was emptied, kept until the call commits.</summary>
internal sealed record CollectionContent(
    ElementTree Tree,
    bool IsPaged,
    StoredKeyFilter? Stored,
    ElementCounts Visible,
    List<byte[]> Removed,
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
