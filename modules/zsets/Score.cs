using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>
/// A score as 8 bytes whose order is that of the numbers: the bits of the double, big-endian, all inverted for a
/// negative one, else only the sign. There is one zero, as in what Redis packs.
/// </summary>
internal static class Score
{
    internal const int Length = sizeof(ulong);

    private const ulong SignBit = 1UL << 63;

    /// <summary>The score of a member.</summary>
    internal static double Of(in ElementValue member)
    {
        double score = member.Payload.IsEmpty ? 0 : Read(member.Payload);
        return member.HasCounter ? ScoreSum.Of(score, member.CounterWorth) : score;
    }

    internal static double Read(ReadOnlySpan<byte> bytes)
    {
        ulong order = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return Unsafe.BitCast<ulong, double>((order & SignBit) != 0 ? order ^ SignBit : ~order);
    }

    /// <summary>Whether bytes are a score: a number, and spelt in the one way there is.</summary>
    internal static bool IsScore(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && Read(bytes) is var score && !double.IsNaN(score) &&
        OrderOf(score) == BinaryPrimitives.ReadUInt64BigEndian(bytes);

    internal static void Write(Span<byte> bytes, double score) =>
        BinaryPrimitives.WriteUInt64BigEndian(bytes, OrderOf(score));

    internal static void Write(RecordWriter writer, double score) => Write(writer.Reserve(Length), score);

    /// <summary>A number whose order is that of scores; the number after it stands for the next larger score.</summary>
    internal static ulong OrderOf(double score)
    {
        ulong bits = Unsafe.BitCast<double, ulong>(Normal(score));
        return (bits & SignBit) != 0 ? ~bits : bits ^ SignBit;
    }

    /// <summary>The same score, zero without a sign.</summary>
    internal static double Normal(double score) => score == 0 ? 0 : score;
}
