using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Strings;

/// <summary>
/// A string is one record with an empty element name.
/// <code>
/// tag 's', no suffix: a dotted cell
///   dot payload    the bytes as SET wrote them; of a counter, the base number in the client's own spelling
///   counter slots  what INCR, DECR and INCRBYFLOAT added on each origin; they never rewrite the payload
/// visible = payload                 while no increment is there
///         = payload + slots         when the payload reads as a number, or there is none (0)
///         = payload, slots masked   when a concurrent write put something else there
/// </code>
/// </summary>
internal static class StringRecord
{
    /// <summary>Longest text whose encoding is embstr.</summary>
    private const int EmbeddedBytesMax = 44;

    internal static readonly RecordKind Kind = new((byte)'s', "string");

    internal static readonly KeyType Type = new("string", order: 1, isSingle: true, EncodingOf, Kind)
    {
        Events = KeyspaceEvents.String,
        Rdb = new RdbForm(StringDump.Write, StringDump.Read, RdbValueType.String),
    };

    /// <summary>What a string command answers for a key that holds no string.</summary>
    /// <param name="key">A key whose string record was not found. No other type can hide one, since strings come first
    /// in the order of types.</param>
    /// <param name="absent">The answer when nothing is there.</param>
    internal static Reply Missing(Key key, Reply absent) => key.Exists ? Reply.WrongType : absent;

    /// <summary>Makes room for a string: SET replaces a key of any type.</summary>
    internal static void DropOtherType(Key key)
    {
        if (key.Type is KeyType type && !ReferenceEquals(type, Type))
        {
            key.Delete();
        }
    }

    private static string EncodingOf(Key key)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        key.TryGet(Kind, default, out ElementValue value);
        ReadOnlySpan<byte> text = CountedValue.Read(value, scratch);
        return RedisNumber.TryParseInt64(text, out _) ? "int" : text.Length <= EmbeddedBytesMax ? "embstr" : "raw";
    }
}
