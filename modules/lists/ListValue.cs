using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Lists;

/// <summary>
/// What an element of a list holds.
/// <code>
/// 0x00 | value                                    as it was pushed or inserted
/// 0x01 | stamp u64 | origin u32 | value           as LSET changed it last, little-endian
/// 0x03 | stamp u64 | origin u32 | value           LSET itself, on its way: it changes an element, never makes one
/// </code>
/// Join: the value of the larger (stamp, origin), one that was pushed being the smallest.
/// </summary>
internal static class ListValue
{
    /// <summary>The most bytes in front of a value.</summary>
    internal const int HeadBytesMax = 1 + DotBytes;

    private const int DotBytes = sizeof(ulong) + sizeof(uint);
    private const byte Pushed = 0;
    private const byte Set = 1;
    private const byte SetUnderWay = 3;

    /// <summary>The value in a payload.</summary>
    internal static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> payload) =>
        payload[(payload[0] == Pushed ? 1 : HeadBytesMax)..];

    /// <summary>Writes the payload of a new element.</summary>
    /// <param name="payload">Receives a byte more than the value has.</param>
    /// <param name="value">The value.</param>
    internal static void WritePushed(Span<byte> payload, ReadOnlySpan<byte> value)
    {
        payload[0] = Pushed;
        value.CopyTo(payload[1..]);
    }

    /// <summary>The payload of LSET.</summary>
    internal static byte[] Amendment(Dot dot, ReadOnlySpan<byte> value)
    {
        byte[] payload = new byte[HeadBytesMax + value.Length];
        payload[0] = SetUnderWay;
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(1), dot.Stamp.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(1 + sizeof(ulong)), dot.Origin.Value);
        value.CopyTo(payload.AsSpan(HeadBytesMax));
        return payload;
    }

    /// <summary>Whether a payload changes an element that another one made.</summary>
    internal static bool IsAmendment(ReadOnlySpan<byte> payload) => payload.Length > 0 && payload[0] == SetUnderWay;

    /// <summary>Whether bytes are a payload.</summary>
    internal static bool IsValue(ReadOnlySpan<byte> payload) => payload.Length > 0 && payload[0] switch
    {
        Pushed => true,
        Set or SetUnderWay => payload.Length >= HeadBytesMax,
        _ => false,
    };

    /// <summary>The join of two payloads; nothing may stand for one.</summary>
    internal static void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RecordWriter joined)
    {
        ReadOnlySpan<byte> newer = left.IsEmpty || DotOf(left).CompareTo(DotOf(right)) < 0 ? right : left;
        joined.WriteByte(newer[0] == Pushed ? Pushed : Set);
        joined.WriteBytes(newer[1..]);
    }

    private static Dot DotOf(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        return reader.ReadByte() switch
        {
            Pushed => default,
            Set or SetUnderWay => new Dot(new Stamp(reader.ReadUInt64()), new Origin(reader.ReadUInt32())),
            _ => throw new RecordFormatException("unknown form of a list element"),
        };
    }
}
