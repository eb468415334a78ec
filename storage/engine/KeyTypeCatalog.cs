using System.IO.Hashing;
using System.Text;
using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine;

/// <summary>The key types and record kinds the modules brought.</summary>
public sealed class KeyTypeCatalog
{
    private const byte ReservedTags = 31;

    private readonly List<KeyType> _types = [];
    private readonly RecordKind?[] _kinds = new RecordKind?[256];
    private readonly KeyType?[] _typeOfTag = new KeyType?[256];
    private readonly bool[] _isDerived = new bool[256];

    /// <summary>Creates an empty catalog.</summary>
    public KeyTypeCatalog() =>
        _isDerived[StorageKeys.ElementDeadlineTag] = _isDerived[StorageKeys.RunTag] = true;

    /// <summary>The types, in the order in which one masks another.</summary>
    public IReadOnlyList<KeyType> Types => _types;

    /// <summary>The types other than <see cref="Single"/>, in that order.</summary>
    internal KeyType[] Collections { get; private set; } = [];

    /// <summary>
    /// A hash of everything about types and kinds that decides what a record means. Nodes with different ones would
    /// merge what one of them does not understand.
    /// </summary>
    public ulong Fingerprint
    {
        get
        {
            IEnumerable<string> lines = _types.SelectMany(type => type.Kinds.Select(kind =>
                $"{type.Name}/{type.Order}/{type.IsSingle}/{kind.Tag}/{kind.Name}/{kind.Order}/{kind.Merge is null}"));
            return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal))));
        }
    }

    /// <summary>The record kinds of <see cref="Collections"/>.</summary>
    internal RecordKind[] ElementKinds { get; private set; } = [];

    /// <summary>The tags of kinds that are asked for ranks.</summary>
    internal IEnumerable<byte> RankedTags => _kinds.OfType<RecordKind>().Where(kind => kind.IsRanked).Select(kind => kind.Tag);

    /// <summary>The one type whose keys are single records, or null.</summary>
    public KeyType? Single { get; private set; }

    /// <summary>Adds a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Null, or in words what it collides with; nothing was added then.</returns>
    public string? TryAdd(KeyType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        KeyType? rival = _types.Find(t => t.Name == type.Name || t.Order == type.Order);
        if (rival is not null)
        {
            return $"key type \"{type.Name}\" (order {type.Order}) collides with \"{rival.Name}\" (order {rival.Order})";
        }

        if (type.IsSingle && Single is not null)
        {
            return $"key type \"{type.Name}\" is a single record, but \"{Single.Name}\" already is; use an element with an empty name";
        }

        RecordKind[] indexes = [.. type.Kinds.Where(kind => kind.Index is not null).Select(kind => kind.Index!.Kind)];
        if (type.IsSingle && indexes.Length > 0)
        {
            return $"key type \"{type.Name}\" is a single record, which has no order to index";
        }

        foreach (RecordKind kind in type.Kinds.Concat(indexes))
        {
            if (kind.Tag <= ReservedTags || kind.Tag is StorageKeys.RegisterTag or byte.MaxValue)
            {
                return $"record kind \"{kind.Name}\" uses tag {kind.Tag}, which is reserved";
            }

            if (_kinds[kind.Tag] is RecordKind other)
            {
                return $"record kind \"{kind.Name}\" uses tag {kind.Tag}, which \"{other.Name}\" has";
            }
        }

        if (type.IsSingle)
        {
            Single = type;
        }

        foreach (RecordKind kind in type.Kinds)
        {
            _kinds[kind.Tag] = kind;
            _typeOfTag[kind.Tag] = type;
        }

        foreach (RecordKind index in indexes)
        {
            _kinds[index.Tag] = index;
            _typeOfTag[index.Tag] = type;
            _isDerived[index.Tag] = true;
        }

        _types.Add(type);
        _types.Sort((left, right) => left.Order.CompareTo(right.Order));
        Collections = [.. _types.Where(t => !t.IsSingle)];
        ElementKinds = [.. Collections.SelectMany(t => t.Kinds)];
        return null;
    }

    /// <summary>The kind with a tag, or null.</summary>
    internal RecordKind? KindOf(byte tag) => _kinds[tag];

    /// <summary>Whether records under a tag are derived from others: index entries, element deadlines, runs.</summary>
    internal bool IsDerived(byte tag) => _isDerived[tag];

    /// <summary>The type a kind belongs to, or null.</summary>
    internal KeyType? TypeOf(byte tag) => _typeOfTag[tag];

    /// <summary>The type with an order, or null.</summary>
    internal KeyType? TypeOfOrder(byte order) => _types.Find(type => type.Order == order);
}
