namespace Marekvs.Abstractions.Records;

/// <summary>The value SORT sees of the element a walk stands on.</summary>
/// <param name="walk">Stands on an element of <see cref="SortForm.Kind"/>.</param>
/// <returns>Bytes that are valid until the next write of the same call.</returns>
public delegate ReadOnlySpan<byte> SortedValue(ElementCursor walk);

/// <summary>Appends values to a key, which may be absent.</summary>
/// <param name="key">The key.</param>
/// <param name="values">The values in their order.</param>
public delegate void ValueAppender(Key key, IReadOnlyList<byte[]> values);

/// <summary>How SORT sees keys of a type.</summary>
/// <param name="kind">The elements that are walked, maybe of an index.</param>
/// <param name="valueOf">Their values.</param>
/// <param name="isOrdered">Whether the order of the walk means something to users: it is kept where nothing is sorted.
/// </param>
public sealed class SortForm(RecordKind kind, SortedValue valueOf, bool isOrdered)
{
    /// <summary>The elements that are walked.</summary>
    public RecordKind Kind { get; } = kind;

    /// <summary>The value of an element.</summary>
    public SortedValue ValueOf { get; } = valueOf;

    /// <summary>Whether the order of the walk means something to users.</summary>
    public bool IsOrdered { get; } = isOrdered;

    /// <summary>Makes the result of a sort a key of this type; null for types that results are not stored as.</summary>
    public ValueAppender? Append { get; init; }
}
