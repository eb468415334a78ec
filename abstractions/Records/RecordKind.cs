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
public sealed class RecordKind(byte tag, string name, MergeFunction? merge = null)
{
    /// <summary>The byte after the key's name in a storage key.</summary>
    public byte Tag { get; } = tag;

    /// <summary>For messages and the fingerprint.</summary>
    public string Name { get; } = name;

    /// <summary>The join of payloads, or null for a dotted cell.</summary>
    public MergeFunction? Merge { get; } = merge;
}
