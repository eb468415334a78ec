using System.Runtime.CompilerServices;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>The records of a key that is not a single record: its elements, its register and what the store still has
/// to be told.</summary>
internal sealed class Collection
{
    private const int ElementCost = 120;

    private readonly Dictionary<byte, long> _visible = [];
    private HashSet<byte[]> _dirty = new(SuffixComparer.Instance);

    public ElementTree Tree { get; private set; } = new();

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

    public int Cost { get; private set; }

    public bool IsVisible => Tree.Weight > 0;

    public bool IsBlank => Tree.Count == 0 && Register.IsEmpty && Clear.Count == 0;

    public long CountOf(byte tag) => _visible.GetValueOrDefault(tag);

    public IEnumerable<KeyValuePair<byte, long>> Counts => _visible.Where(pair => pair.Value > 0).OrderBy(pair => pair.Key);

    public int DirtyCount => _dirty.Count;

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
        bool isNew = Unsafe.IsNullRef(ref item);
        if (isNew)
        {
            if (state.IsEmpty)
            {
                return;
            }

            item = ref Tree.Add(suffix.ToArray());
            Cost += ElementCost + suffix.Length;

            // A changed suffix without an element is a removal that the store has yet to hear of.
            item.IsStored = _dirty.Contains(item.Suffix);
        }

        byte[] name = item.Suffix;
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        int change = (state.IsVisible ? 1 : 0) - (item.State.IsVisible ? 1 : 0);
        Cost += state.Cost - item.State.Cost;
        item.State = state;
        bool wasDirty = item.IsDirty;
        bool isStored = item.IsStored;
        item.IsDirty = true;
        if (change != 0)
        {
            Tree.Reweigh(name, change);
            _visible[name[0]] = CountOf(name[0]) + change;
        }

        if (state.IsEmpty)
        {
            Tree.Remove(name);
            Cost -= ElementCost + name.Length;
            if (!isStored)
            {
                // Added and removed between two checkpoints: the store never hears of it, so queues leave no
                // tombstones behind.
                _dirty.Remove(name);
                return;
            }
        }

        if (!wasDirty || state.IsEmpty)
        {
            _dirty.Add(name);
        }
    }

    /// <summary>Puts in a record the store has.</summary>
    public void Load(ReadOnlySpan<byte> suffix, in RecordState state)
    {
        ref ElementItem item = ref Tree.Add(suffix.ToArray());
        item.State = state;
        item.IsStored = true;
        HasCounters |= state.IsCounter || state.Cell is { Slots.Count: > 0 };
        Cost += ElementCost + suffix.Length + state.Cost;
        if (state.IsVisible)
        {
            byte tag = suffix[0];
            Tree.Reweigh(suffix, 1);
            _visible[tag] = CountOf(tag) + 1;
        }
    }

    /// <summary>Forgets everything at once; the store's rows go as a range at the next checkpoint.</summary>
    public CollectionContent Empty()
    {
        var before = new CollectionContent(Tree, new Dictionary<byte, long>(_visible), _dirty, Cost, DigestSum, Register, IsPurgePending, IsRegisterDirty);
        Tree = new ElementTree();
        _visible.Clear();
        _dirty = new HashSet<byte[]>(SuffixComparer.Instance);
        Cost = 0;
        DigestSum = 0;
        Register = default;
        IsRegisterDirty = false;
        IsPurgePending = true;
        return before;
    }

    /// <summary>Takes <see cref="Empty"/> back.</summary>
    public void Restore(CollectionContent before)
    {
        Tree = before.Tree;
        _visible.Clear();
        foreach ((byte tag, long count) in before.Visible)
        {
            _visible[tag] = count;
        }

        _dirty = before.Dirty;
        Cost = before.Cost;
        DigestSum = before.DigestSum;
        Register = before.Register;
        IsPurgePending = before.IsPurgePending;
        IsRegisterDirty = before.IsRegisterDirty;
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
        _dirty.UnionWith(suffixes);
        IsPurgePending |= purge;
    }
}

/// <summary>What a collection held before it was emptied, kept until the call commits.</summary>
internal sealed record CollectionContent(
    ElementTree Tree,
    Dictionary<byte, long> Visible,
    HashSet<byte[]> Dirty,
    int Cost,
    ulong DigestSum,
    RecordState Register,
    bool IsPurgePending,
    bool IsRegisterDirty);

/// <summary>Compares suffixes as bytes.</summary>
internal sealed class SuffixComparer : IEqualityComparer<byte[]>
{
    public static SuffixComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => (int)System.IO.Hashing.XxHash3.HashToUInt64(obj);
}
