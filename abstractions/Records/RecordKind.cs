using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Records;

/// <summary>
/// A kind of record: the tag byte that stands in its storage key and how concurrent payloads meet. The tag reaches
/// disk and wire, so it is never reused; 128 and above are free for third parties.
/// </summary>
/// <param name="tag">1 to 255; unique on a node.</param>
/// <param name="name">For messages and the fingerprint that nodes compare.</param>
/// <param name="merge">
/// Null for a dotted cell, whose newest live dot is visible and whose counter slots add up (see <see cref="Cell"/>);
/// else the join of two payloads, the record's dot being the newer of the two.
/// </param>
/// <param name="index">A second order in which elements of this kind can be walked, or null.</param>
public sealed class RecordKind(byte tag, string name, MergeFunction? merge = null, RecordIndex? index = null)
{
    /// <summary>The byte after the key's name in a storage key.</summary>
    public byte Tag { get; } = tag;

    /// <summary>For messages and the fingerprint.</summary>
    public string Name { get; } = name;

    /// <summary>The join of payloads, or null for a dotted cell.</summary>
    public MergeFunction? Merge { get; } = merge;

    /// <summary>The second order of its elements, or null.</summary>
    public RecordIndex? Index { get; } = index;

    /// <summary>Tells amendments of an element (<see cref="Key.Amend"/>) from what makes one, or null when there are none.
    /// An amendment of what is gone is dropped wherever it arrives; joined with nothing it must give no amendment.
    /// </summary>
    public AmendmentTest? IsAmendment { get; init; }

    /// <summary>The order its elements lie in; part of the format on disk.</summary>
    public ElementOrder Order { get; init; }

    /// <summary>Whether elements are asked for by rank, or their ranks: then the keyspace keeps counts that make this cheap
    /// in collections larger than memory. Without, the first question about a collection counts all of it.</summary>
    public bool IsRanked { get; init; }

    /// <summary>Tells what the module could have written from what it could not, or null when it writes anything. What
    /// comes from peers is asked before it is taken in; handlers and indexes read only what passed.</summary>
    public RecordTest? Test { get; init; }
}

/// <summary>Tells whether a module could have written an element.</summary>
/// <param name="element">The element's name; empty for a single record.</param>
/// <param name="payload">The payload of a live dot.</param>
/// <exception cref="Crdt.RecordFormatException">Says no as well as false does.</exception>
public delegate bool RecordTest(ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload);

/// <summary>Tells whether a payload amends an element that another one made.</summary>
/// <param name="payload">A payload that was written.</param>
public delegate bool AmendmentTest(ReadOnlySpan<byte> payload);

/// <summary>
/// A second order of the elements of a kind, such as members by score. The keyspace keeps one index entry per visible
/// element, derived on every node from the element alone: it is neither journaled nor replicated, and it is there
/// whichever way the element came. A module walks, counts and ranks index entries as elements of <see cref="Kind"/>;
/// writing them is the keyspace's business.
/// </summary>
/// <param name="tag">1 to 255; unique on a node, as the tag of any kind.</param>
/// <param name="name">For messages.</param>
/// <param name="writeEntry">Names the entry of an element.</param>
/// <param name="isRanked">See <see cref="RecordKind.IsRanked"/>.</param>
public sealed class RecordIndex(byte tag, string name, IndexFunction writeEntry, bool isRanked = false)
{
    /// <summary>The kind index entries are read under; they have no payload.</summary>
    public RecordKind Kind { get; } = new(tag, name) { IsRanked = isRanked };

    /// <summary>Names the entry of an element.</summary>
    public IndexFunction WriteEntry { get; } = writeEntry;
}

/// <summary>
/// Names the index entry of an element: bytes whose order is the order wanted, different for different elements
/// (end with the element's name, say).
/// </summary>
/// <param name="element">The element's name.</param>
/// <param name="value">What a reader sees of it.</param>
/// <param name="entry">Receives the name of the entry.</param>
public delegate void IndexFunction(ReadOnlySpan<byte> element, in ElementValue value, RecordWriter entry);
