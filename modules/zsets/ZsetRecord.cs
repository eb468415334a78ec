using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>
/// A sorted set is one record for each member, from which every node derives another that lists it by its score.
/// <code>
/// tag 'z', suffix member: a dotted cell
///   dot payload    the score: 8 bytes whose order as bytes is the order of scores, see Score
///   counter        what ZINCRBY added, as integers or decimals, see ScoreSum
/// tag 'Z', suffix score, member: the index; derived, neither journaled nor replicated
/// visible = any live dot, or an increment that no reset has seen
/// score   = payload, 0 without a live dot, plus increments
/// </code>
/// A score raised by ZADD GT says so in its dot: of concurrent ones the greatest is visible. LT is its mirror, and of
/// concurrent NX the first is.
/// </summary>
internal static class ZsetRecord
{
    /// <summary>Redis's <c>zset-max-listpack-entries</c>.</summary>
    internal const int PackedMembersMax = 128;

    /// <summary>Redis's <c>zset-max-listpack-value</c>.</summary>
    internal const int PackedBytesMax = 64;

    internal static readonly RecordKind Kind = new(
        (byte)'z',
        "sorted set member",
        merge: null,
        new RecordIndex((byte)'Z', "sorted set scores", ScoreEntry.Write, isRanked: true))
    {
        Order = ElementOrder.ByHash,
        Test = static (_, payload) => payload.IsEmpty || Score.IsScore(payload),
    };

    /// <summary>Members by score, and by name where scores are equal.</summary>
    internal static RecordKind Index => Kind.Index!.Kind;

    internal static readonly KeyType Type = new("zset", order: 3, isSingle: false, EncodingOf, Kind)
    {
        Events = KeyspaceEvents.SortedSet,
        Sort = new SortForm(Index, static walk => ScoreEntry.MemberIn(walk.Element), isOrdered: true),
        Rdb = new RdbForm(
            ZsetDump.Write,
            ZsetDump.Read,
            RdbValueType.Zset,
            RdbValueType.Zset2,
            RdbValueType.ZsetZiplist,
            RdbValueType.ZsetListpack),
    };

    /// <summary>Whether Redis would pack it.</summary>
    internal static bool IsPacked(Key key)
    {
        bool isPacked = key.Count(Type) <= PackedMembersMax;
        ElementCursor walk = key.Scan(Kind);
        while (isPacked && walk.MoveNext())
        {
            isPacked = walk.Element.Length <= PackedBytesMax;
        }

        return isPacked;
    }

    private static string EncodingOf(Key key) => IsPacked(key) ? "listpack" : "skiplist";
}
