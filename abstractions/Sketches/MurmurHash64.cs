using System.Buffers.Binary;

namespace Marekvs.Abstractions.Sketches;

/// <summary>MurmurHash64A, the same on every machine.</summary>
/// <remarks>Austin Appleby's MurmurHash2, 64-bit version, which is in the public domain.</remarks>
public static class MurmurHash64
{
    private const ulong Multiplier = 0xC6A4A7935BD1E995;
    private const int Shift = 47;

    /// <summary>The hash of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="seed">Chooses one of many hash functions.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong hash = seed ^ ((ulong)bytes.Length * Multiplier);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Multiplier;
            word ^= word >> Shift;
            hash = (hash ^ (word * Multiplier)) * Multiplier;
        }

        if (!bytes.IsEmpty)
        {
            Span<byte> rest = stackalloc byte[sizeof(ulong)];
            rest.Clear();
            bytes.CopyTo(rest);
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest)) * Multiplier;
        }

        hash ^= hash >> Shift;
        hash *= Multiplier;
        return hash ^ (hash >> Shift);
    }
}
