using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>Takes the names of the visited keys that fit, ready to be answered; their number is known only at the end,
/// and an array begins with it.</summary>
internal sealed class KeyMatches
{
    private readonly byte[]? _pattern;
    private readonly string? _typeName;
    private readonly RespWriter _names = new();
    private long _count;

    /// <summary>Filters of a walk.</summary>
    /// <param name="pattern">What names must match; a lone star for any.</param>
    /// <param name="typeName">The type keys must have, whatever its case, or null for any.</param>
    internal KeyMatches(ReadOnlySpan<byte> pattern, string? typeName)
    {
        _pattern = pattern.SequenceEqual("*"u8) ? null : pattern.ToArray();
        _typeName = typeName;
    }

    /// <summary>Takes one key of the walk.</summary>
    internal void Visit(ReadOnlySpan<byte> name, KeyType type)
    {
        bool typeFits = _typeName is null || string.Equals(type.Name, _typeName, StringComparison.OrdinalIgnoreCase);
        if (typeFits && (_pattern is null || GlobPattern.Matches(_pattern, name)))
        {
            _names.Bulk(name);
            _count++;
        }
    }

    /// <summary>Writes the names as an array.</summary>
    internal void WriteTo(RespWriter writer)
    {
        writer.Array(_count);
        writer.Raw(_names.Written);
    }
}
