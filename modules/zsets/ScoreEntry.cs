using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>The name of a member in the index: its score, then its own name.</summary>
internal static class ScoreEntry
{
    /// <summary>Names the entry of a member.</summary>
    internal static void Write(ReadOnlySpan<byte> member, in ElementValue value, RecordWriter entry)
    {
        Score.Write(entry, Score.Of(value));
        entry.WriteBytes(member);
    }

    internal static byte[] Of(double score, ReadOnlySpan<byte> member)
    {
        byte[] entry = new byte[Score.Length + member.Length];
        Score.Write(entry, score);
        member.CopyTo(entry.AsSpan(Score.Length));
        return entry;
    }

    internal static double ScoreIn(ReadOnlySpan<byte> entry) => Score.Read(entry);

    internal static ReadOnlySpan<byte> MemberIn(ReadOnlySpan<byte> entry) => entry[Score.Length..];
}
