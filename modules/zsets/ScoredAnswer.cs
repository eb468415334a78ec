using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>Writes members with or without scores: an array that has them in turn, or, in RESP3, an array of pairs.
/// </summary>
internal static class ScoredAnswer
{
    internal static void Begin(RespWriter writer, long members, bool withScores) =>
        writer.Array(withScores && !writer.IsResp3 ? 2 * members : members);

    /// <summary>Makes an answer of members that were written since a mark.</summary>
    internal static void Complete(RespWriter writer, int mark, long members, bool withScores) =>
        writer.ArraySince(mark, withScores && !writer.IsResp3 ? 2 * members : members);

    internal static void Write(RespWriter writer, ReadOnlySpan<byte> member, double score, bool withScores)
    {
        if (withScores && writer.IsResp3)
        {
            writer.Array(2);
        }

        writer.Bulk(member);
        if (withScores)
        {
            writer.Double(score);
        }
    }
}
