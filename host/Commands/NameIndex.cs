using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Marekvs.Host.Commands;

/// <summary>
/// Finds a command by the bytes a client sent, whatever their case, without allocating: the first and the last eight
/// bytes are raised to capitals as two words, which together with the length decide all names up to sixteen bytes.
/// Built once, then read by all threads.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
internal sealed class NameIndex<T>
    where T : class
{
    // At most a quarter of the slots is taken, so a search ends after one or two.
    private const int SlotsPerName = 4;

    private readonly Slot[] _slots;
    private readonly int _mask;

    /// <summary>Builds the index.</summary>
    /// <param name="names">ASCII names, each once.</param>
    public NameIndex(IEnumerable<KeyValuePair<string, T>> names)
    {
        List<KeyValuePair<string, T>> all = [.. names];
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, all.Count) * SlotsPerName)];
        _mask = _slots.Length - 1;
        foreach ((string name, T value) in all)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            (ulong first, ulong last) = Fold(bytes);
            int at = Hash(first, last, bytes.Length) & _mask;
            while (_slots[at].Value is not null)
            {
                at = (at + 1) & _mask;
            }

            _slots[at] = new Slot(first, last, bytes, value);
        }
    }

    /// <summary>Finds a name.</summary>
    /// <param name="name">The name in any case.</param>
    /// <returns>What it stands for, or null.</returns>
    public T? Find(ReadOnlySpan<byte> name)
    {
        (ulong first, ulong last) = Fold(name);
        int at = Hash(first, last, name.Length) & _mask;
        while (true)
        {
            ref readonly Slot slot = ref _slots[at];
            if (slot.Value is null)
            {
                return null;
            }

            if (slot.First == first && slot.Last == last && slot.Name.Length == name.Length &&
                (name.Length <= 16 || Ascii.EqualsIgnoreCase(name, slot.Name)))
            {
                return slot.Value;
            }

            at = (at + 1) & _mask;
        }
    }

    private static (ulong First, ulong Last) Fold(ReadOnlySpan<byte> name)
    {
        if (name.Length >= 8)
        {
            return (Capitals(BinaryPrimitives.ReadUInt64LittleEndian(name)),
                Capitals(BinaryPrimitives.ReadUInt64LittleEndian(name[^8..])));
        }

        if (name.Length >= 4)
        {
            ulong low = BinaryPrimitives.ReadUInt32LittleEndian(name);
            ulong high = BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]);
            return (Capitals(low | (high << 32)), 0);
        }

        ulong word = 0;
        foreach (byte b in name)
        {
            word = (word << 8) | b;
        }

        return (Capitals(word), 0);
    }

    /// <summary>Clears bit 5 of each byte that is a to z; eight bytes at once.</summary>
    private static ulong Capitals(ulong word)
    {
        const ulong Ones = 0x0101010101010101;
        ulong low = word & (0x7f * Ones);
        ulong fromA = low + ((0x80 - 'a') * Ones);
        ulong beyondZ = low + ((0x80 - 'z' - 1) * Ones);
        ulong isSmall = fromA & ~beyondZ & ~word & (0x80 * Ones);
        return word ^ (isSmall >> 2);
    }

    private static int Hash(ulong first, ulong last, int length)
    {
        ulong mixed = (first ^ BitOperations.RotateLeft(last, 29) ^ (ulong)length) * 0x9e3779b97f4a7c15;
        return (int)(mixed >> 40);
    }

    private readonly record struct Slot(ulong First, ulong Last, byte[] Name, T? Value);
}
