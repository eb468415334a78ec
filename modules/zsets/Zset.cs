using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>A sorted set that a call has opened, maybe absent.</summary>
internal readonly ref struct Zset(Key key)
{
    internal Key Key { get; } = key;

    internal bool Exists => Key.Exists;

    /// <summary>How many members it has.</summary>
    internal long Count => Key.Count(ZsetRecord.Type);

    /// <summary>Opens a key.</summary>
    /// <returns>False when it holds another type.</returns>
    internal static bool TryOpen(in CommandCall call, ReadOnlySpan<byte> name, out Zset zset)
    {
        bool isFit = call.TryOpen(name, ZsetRecord.Type, out Key key);
        zset = new Zset(key);
        return isFit;
    }

    internal bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        bool isThere = Key.TryGet(ZsetRecord.Kind, member, out ElementValue value);
        score = isThere ? Score.Of(value) : 0;
        return isThere;
    }

    /// <summary>Gives a member a score.</summary>
    /// <param name="member">The member, maybe new.</param>
    /// <param name="score">The score.</param>
    /// <param name="mark">How concurrent scores meet.</param>
    internal void Put(ReadOnlySpan<byte> member, double score, DotState mark = DotState.Live)
    {
        Span<byte> payload = stackalloc byte[Score.Length];
        Score.Write(payload, score);
        Key.Put(ZsetRecord.Kind, member, payload, new PutOptions(state: mark, ifChanged: true));
    }

    /// <summary>Adds to the score of a member, so that increments elsewhere add to it too.</summary>
    /// <param name="member">The member, maybe new.</param>
    /// <param name="target">The score that adding gives.</param>
    internal void Increase(ReadOnlySpan<byte> member, double target)
    {
        double score = 0;
        CounterSum increments = default;
        if (Key.TryGet(ZsetRecord.Kind, member, out ElementValue value))
        {
            score = value.Payload.IsEmpty ? 0 : Score.Read(value.Payload);
            increments = value.HasCounter ? value.CounterWorth : default;
        }

        if (ScoreSum.TryGetAmount(score, increments, target, out CounterSum amount))
        {
            Key.Increment(ZsetRecord.Kind, member, amount);
        }
        else
        {
            Put(member, target);
        }
    }

    internal bool Remove(ReadOnlySpan<byte> member) => Key.Remove(ZsetRecord.Kind, member);

    /// <summary>Removes members that are there; all of them in one step, whatever their number.</summary>
    internal void RemoveAll(ScoredMembers members)
    {
        if (members.Count > 0 && members.Count == Count)
        {
            Key.Delete();
            return;
        }

        for (int i = 0; i < members.Count; i++)
        {
            Remove(members.MemberAt(i));
        }
    }

    /// <summary>How many members come before one.</summary>
    internal long RankOf(ReadOnlySpan<byte> member, double score) => CountBefore(ScoreEntry.Of(score, member));

    /// <summary>How many members come before a point in the index.</summary>
    internal long CountBefore(ReadOnlySpan<byte> point) => Key.RankOf(ZsetRecord.Index, point);

    /// <summary>Walks from a point in the index on, or from it down.</summary>
    internal ElementCursor Walk(scoped ReadOnlySpan<byte> point = default, bool reverse = false) =>
        Key.Scan(ZsetRecord.Index, point, reverse);

    /// <summary>Walks from a rank on, or from it down.</summary>
    internal ElementCursor WalkAt(long rank, bool reverse) => Key.ScanAt(ZsetRecord.Index, rank, reverse);

    /// <summary>The first entry at a point of the index or behind it.</summary>
    internal bool TryFind(scoped ReadOnlySpan<byte> point, out ReadOnlySpan<byte> entry) => TryStep(Walk(point), out entry);

    /// <summary>The last entry of the index.</summary>
    internal bool TryGetLast(out ReadOnlySpan<byte> entry) => TryStep(Walk(reverse: true), out entry);

    private static bool TryStep(ElementCursor walk, out ReadOnlySpan<byte> entry)
    {
        bool isThere = walk.MoveNext();
        entry = isThere ? walk.Element : default;
        return isThere;
    }
}
