using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>
/// A set is one record for each member.
/// <code>
/// tag 'S', suffix member: a dotted cell
///   dot payload    empty: the dot alone says that the member is there
/// visible = any live dot
/// </code>
/// Adding a member that is there writes a fresh dot where another node may have seen it: that is what makes it outlive a
/// removal there that has not seen the fresh one.
/// </summary>
internal static class SetRecord
{
    /// <summary>Redis's <c>set-max-intset-entries</c>.</summary>
    internal const int IntegersMax = 512;

    /// <summary>Redis's <c>set-max-listpack-entries</c>.</summary>
    internal const int PackedMembersMax = 128;

    /// <summary>Redis's <c>set-max-listpack-value</c>.</summary>
    internal const int PackedBytesMax = 64;

    /// <summary>How a member is added.</summary>
    internal static PutOptions Addition => new(ifChanged: true);

    internal static readonly RecordKind Kind = new((byte)'S', "set member") { Order = ElementOrder.ByHash };

    internal static readonly KeyType Type = new("set", order: 4, isSingle: false, EncodingOf, Kind)
    {
        Events = KeyspaceEvents.Set,
        Sort = new SortForm(Kind, static walk => walk.Element, isOrdered: false),
        Rdb = new RdbForm(
            SetDump.Write, SetDump.Read, RdbValueType.Set, RdbValueType.SetIntset, RdbValueType.SetListpack),
    };

    private static string EncodingOf(Key key)
    {
        long count = key.Count(Type);
        if (count > IntegersMax)
        {
            return "hashtable";
        }

        bool areIntegers = true;
        bool areShort = true;
        ElementCursor walk = key.Scan(Kind);
        while ((areIntegers || areShort) && walk.MoveNext())
        {
            areIntegers &= RedisNumber.TryParseInt64(walk.Element, out _);
            areShort &= walk.Element.Length <= PackedBytesMax;
        }

        return areIntegers ? "intset" : areShort && count <= PackedMembersMax ? "listpack" : "hashtable";
    }
}
