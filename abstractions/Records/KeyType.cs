using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Records;

/// <summary>Names the encoding OBJECT ENCODING reports for a key of a type.</summary>
/// <param name="key">An existing key of the type.</param>
/// <returns>Redis's name for an encoding a key of this shape would have.</returns>
public delegate string EncodingFunction(Key key);

/// <summary>What TYPE answers, and which records a key of that type is made of.</summary>
/// <remarks>
/// When two nodes create one key with different types at the same time, the type with the lowest
/// <see cref="Order"/> is shown and the others are masked; DEL removes all.
/// </remarks>
public sealed class KeyType
{
    /// <summary>Describes a type.</summary>
    /// <param name="name">The word TYPE answers.</param>
    /// <param name="order">Rank among types; the lowest present is shown. Unique on a node.</param>
    /// <param name="isSingle">True when a key is one record with an empty element name, as a string is.</param>
    /// <param name="encoding">Answers OBJECT ENCODING.</param>
    /// <param name="kinds">The record kinds; the first is the one that makes the key exist and is counted.</param>
    public KeyType(string name, byte order, bool isSingle, EncodingFunction encoding, params RecordKind[] kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        Invariant.That(kinds.Length > 0, "a key type has a record kind");
        Invariant.That(!isSingle || kinds.Length == 1, "a single-record type has one record kind");
        Name = name;
        Order = order;
        IsSingle = isSingle;
        Encoding = encoding;
        Kinds = kinds;
    }

    /// <summary>The word TYPE answers.</summary>
    public string Name { get; }

    /// <summary>Rank among types.</summary>
    public byte Order { get; }

    /// <summary>Whether a key is one record.</summary>
    public bool IsSingle { get; }

    /// <summary>Answers OBJECT ENCODING.</summary>
    public EncodingFunction Encoding { get; }

    /// <summary>The record kinds, the counted one first.</summary>
    public IReadOnlyList<RecordKind> Kinds { get; }

    /// <summary>The class of notifications about keys of the type.</summary>
    public KeyspaceEvents Events { get; init; } = KeyspaceEvents.Module;

    /// <summary>Class and name of the notification raised when elements went because their own deadline passed, or
    /// null when elements of the type have none.</summary>
    public (KeyspaceEvents EventClass, string EventName)? ElementsExpired { get; init; }

    /// <summary>How values look in Redis's RDB format, or null when they cannot be dumped.</summary>
    public RdbForm? Rdb { get; init; }

    /// <summary>How SORT sees keys of the type, or null when it refuses them.</summary>
    public SortForm? Sort { get; init; }

    /// <summary>Elements that are values under names, as the fields of a hash are, or null. Their text is that of
    /// <see cref="Commands.CountedValue"/>.</summary>
    public RecordKind? Fields { get; init; }

    /// <summary>The kind whose elements are counted and make the key exist.</summary>
    public RecordKind Kind => Kinds[0];
}
