using System.Buffers;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// The compression of strings in the RDB format.
/// <code>
/// 000nnnnn                        n + 1 bytes follow as they are
/// nnnddddd d                      n + 2 bytes, n up to 6, that stand d + 1 bytes before this place
/// 111ddddd n d                    n + 9 bytes
/// </code>
/// </summary>
/// <remarks>Format of Marc Lehmann's LibLZF.</remarks>
public static class Lzf
{
    private const int LiteralMax = 32;
    private const int MatchMin = 3;
    private const int MatchMax = 264;
    private const int LongMatch = 9;
    private const int DistanceMax = 8192;
    private const int TableBitsMax = 14;

    /// <summary>Bytes that packing must save to be worth it; Redis's bound.</summary>
    private const int SavingMin = 4;

    /// <summary>Unpacks bytes that may be hostile.</summary>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="length">How many they must become.</param>
    /// <exception cref="RecordFormatException">They do not.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, int length)
    {
        if (length == 0 || length > (long)packed.Length * MatchMax)
        {
            throw new RecordFormatException("packed bytes cannot be that many");
        }

        byte[] text = new byte[length];
        var reader = new RecordReader(packed);
        int at = 0;
        while (reader.Remaining > 0)
        {
            byte control = reader.ReadByte();
            if (control < LiteralMax)
            {
                ReadOnlySpan<byte> literal = reader.ReadBytes(control + 1);
                literal.CopyTo(Room(text, at, literal.Length));
                at += literal.Length;
                continue;
            }

            int count = control >> 5;
            count += count == 7 ? reader.ReadByte() + 2 : 2;
            int from = at - (((control & 0x1F) << 8) | reader.ReadByte()) - 1;
            if (from < 0)
            {
                throw new RecordFormatException("packed bytes point before their beginning");
            }

            // One by one: what is repeated may reach into what is being written.
            foreach (ref byte b in Room(text, at, count))
            {
                b = text[from++];
            }

            at += count;
        }

        return at == length ? text : throw new RecordFormatException("packed bytes end too early");
    }

    /// <summary>Packs bytes.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="length">How many they become.</param>
    /// <returns>The packed bytes in the first <paramref name="length"/> of an array, or null when that saves nothing.
    /// </returns>
    public static byte[]? TryPack(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        int room = text.Length - SavingMin;
        if (room <= 0)
        {
            return null;
        }

        int bits = Math.Clamp(32 - int.LeadingZeroCount(text.Length), 6, TableBitsMax);
        int[] seen = ArrayPool<int>.Shared.Rent(1 << bits);
        seen.AsSpan(0, 1 << bits).Clear();
        byte[] packed = new byte[room];
        var writer = new Writer(packed);
        int literalFrom = 0;
        int at = 0;
        while (at + MatchMin <= text.Length && !writer.IsFull)
        {
            uint three = (uint)(text[at] | (text[at + 1] << 8) | (text[at + 2] << 16));
            ref int last = ref seen[(three * 0x9E3779B1) >> (32 - bits)];
            int from = last - 1;
            last = at + 1;
            int count = from < 0 || at - from > DistanceMax ? 0
                : text.Slice(at, Math.Min(MatchMax, text.Length - at)).CommonPrefixLength(text[from..]);
            if (count < MatchMin)
            {
                at++;
                continue;
            }

            writer.Literals(text[literalFrom..at]);
            writer.Match(at - from, count);
            at += count;
            literalFrom = at;
        }

        writer.Literals(text[literalFrom..]);
        ArrayPool<int>.Shared.Return(seen);
        length = writer.Length;
        return writer.IsFull ? null : packed;
    }

    private static Span<byte> Room(byte[] text, int at, int count) => count <= text.Length - at
        ? text.AsSpan(at, count)
        : throw new RecordFormatException("packed bytes become too many");

    /// <summary>Writes into bounded room; what does not fit is dropped and told.</summary>
    private ref struct Writer(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public bool IsFull { get; private set; }

        public void Literals(ReadOnlySpan<byte> text)
        {
            while (!text.IsEmpty)
            {
                int count = Math.Min(text.Length, LiteralMax);
                Byte(count - 1);
                Bytes(text[..count]);
                text = text[count..];
            }
        }

        public void Match(int distance, int count)
        {
            int high = (distance - 1) >> 8;
            if (count < LongMatch)
            {
                Byte(((count - 2) << 5) | high);
            }
            else
            {
                Byte((7 << 5) | high);
                Byte(count - LongMatch);
            }

            Byte((distance - 1) & 0xFF);
        }

        private void Byte(int value) => Bytes([(byte)value]);

        private void Bytes(scoped ReadOnlySpan<byte> bytes)
        {
            IsFull |= bytes.Length > _room.Length - Length;
            if (!IsFull)
            {
                bytes.CopyTo(_room[Length..]);
                Length += bytes.Length;
            }
        }
    }
}
