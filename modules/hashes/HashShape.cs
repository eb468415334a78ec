using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>What decides how Redis would keep a hash.</summary>
/// <param name="Count">How many fields it has.</param>
/// <param name="IsPacked">Whether they are few and short.</param>
/// <param name="Earliest">The earliest deadline of a field, or <see cref="Cell.NoDeadline"/>.</param>
internal readonly record struct HashShape(long Count, bool IsPacked, long Earliest)
{
    /// <summary>Redis's <c>hash-max-listpack-entries</c>.</summary>
    internal const int PackedFieldsMax = 512;

    /// <summary>Redis's <c>hash-max-listpack-value</c>.</summary>
    internal const int PackedBytesMax = 64;

    /// <summary>Whether a field has a time to live.</summary>
    internal bool HasDeadlines => Earliest != Cell.NoDeadline;

    /// <summary>Looks at all fields.</summary>
    internal static HashShape Of(Key key)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        long count = 0;
        bool areShort = true;
        long earliest = Cell.NoDeadline;
        ElementCursor walk = key.Scan(HashRecord.Kind);
        while (walk.MoveNext())
        {
            ElementValue value = walk.Value;
            count++;
            areShort &= walk.Element.Length <= PackedBytesMax
                && CountedValue.Read(value, scratch).Length <= PackedBytesMax;
            earliest = Math.Min(earliest, value.Deadline);
        }

        return new HashShape(count, areShort && count <= PackedFieldsMax, earliest);
    }
}
