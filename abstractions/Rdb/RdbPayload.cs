using System.Buffers.Binary;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// What DUMP answers and RESTORE takes.
/// <code>
/// value type u8 | value | version u16 | checksum u64      little-endian; Crc64 of everything before it
/// </code>
/// </summary>
public static class RdbPayload
{
    /// <summary>The newest version that is read: Redis 7.4's.</summary>
    private const ushort VersionMax = 12;

    private const int FooterBytes = sizeof(ushort) + sizeof(ulong);

    /// <summary>Completes a written value.</summary>
    /// <param name="value">The value.</param>
    public static byte[] Seal(RdbWriter value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ReadOnlySpan<byte> written = value.Written;
        byte[] payload = new byte[written.Length + FooterBytes];
        written.CopyTo(payload);
        Span<byte> footer = payload.AsSpan(written.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(footer, value.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[sizeof(ushort)..], Crc64.Of(payload.AsSpan(..^sizeof(ulong))));
        return payload;
    }

    /// <summary>Checks version and checksum.</summary>
    /// <param name="payload">The bytes, which may be hostile.</param>
    /// <param name="value">Value type and value.</param>
    /// <returns>False when they do not fit.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (payload.Length < FooterBytes)
        {
            return false;
        }

        value = payload[..^FooterBytes];
        ReadOnlySpan<byte> footer = payload[^FooterBytes..];
        return BinaryPrimitives.ReadUInt16LittleEndian(footer) <= VersionMax
            && BinaryPrimitives.ReadUInt64LittleEndian(footer[sizeof(ushort)..]) ==
                Crc64.Of(payload[..^sizeof(ulong)]);
    }
}
