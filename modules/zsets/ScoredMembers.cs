using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>Members with scores, gathered before they are answered, stored or removed: their number stands first in an
/// answer, and a sorted set must not be written while it is walked.</summary>
internal sealed class ScoredMembers
{
    private readonly RecordWriter _names = new();
    private readonly List<(int Offset, int Length, double Score)> _members = [];

    internal int Count => _members.Count;

    internal void Add(ReadOnlySpan<byte> member, double score)
    {
        _members.Add((_names.Length, member.Length, score));
        _names.WriteBytes(member);
    }

    /// <summary>Gathers what a walk goes through.</summary>
    internal static ScoredMembers From(RangeWalk walk)
    {
        var members = new ScoredMembers();
        while (walk.MoveNext())
        {
            members.Add(walk.Member, walk.Score);
        }

        return members;
    }

    internal ReadOnlySpan<byte> MemberAt(int index) =>
        _names.Written.Slice(_members[index].Offset, _members[index].Length);

    internal double ScoreAt(int index) => _members[index].Score;

    /// <summary>Puts them into the order of sorted sets.</summary>
    internal void Sort() => _members.Sort((left, right) =>
    {
        int order = left.Score.CompareTo(right.Score);
        return order != 0
            ? order
            : _names.Written.Slice(left.Offset, left.Length)
                .SequenceCompareTo(_names.Written.Slice(right.Offset, right.Length));
    });

    /// <summary>Writes them as an answer.</summary>
    internal void WriteTo(RespWriter writer, bool withScores)
    {
        ScoredAnswer.Begin(writer, Count, withScores);
        for (int i = 0; i < Count; i++)
        {
            ScoredAnswer.Write(writer, MemberAt(i), ScoreAt(i), withScores);
        }
    }
}
