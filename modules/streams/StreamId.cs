using System.Buffers.Text;

namespace Marekvs.Modules.Streams;

/// <summary>The id of an entry, <c>milliseconds-sequence</c>; ids are ordered by both numbers.</summary>
/// <param name="Value">Milliseconds in the high 64 bits, the sequence in the low ones.</param>
internal readonly record struct StreamId(UInt128 Value) : IComparable<StreamId>
{
    /// <summary>The longest text: two numbers of 64 bits and a dash.</summary>
    internal const int TextBytesMax = 41;

    internal StreamId(ulong milliseconds, ulong sequence)
        : this(new UInt128(milliseconds, sequence))
    {
    }

    internal static StreamId Zero => default;

    internal static StreamId Max => new(UInt128.MaxValue);

    internal ulong Milliseconds => (ulong)(Value >> 64);

    internal ulong Sequence => (ulong)Value;

    /// <summary>The id after this one; of the last id, itself.</summary>
    internal StreamId Next => this == Max ? Max : new(Value + 1);

    /// <summary>The id before this one; of the first id, itself.</summary>
    internal StreamId Previous => this == Zero ? Zero : new(Value - 1);

    /// <summary>Reads an id.</summary>
    /// <param name="text"><c>milliseconds-sequence</c>, or milliseconds alone.</param>
    /// <param name="missingSequence">The sequence of an id that has none.</param>
    /// <param name="id">The id.</param>
    internal static bool TryParse(ReadOnlySpan<byte> text, ulong missingSequence, out StreamId id)
    {
        int dash = text.IndexOf((byte)'-');
        ulong sequence = missingSequence;
        bool isId = TryParseNumber(dash < 0 ? text : text[..dash], out ulong milliseconds) &&
            (dash < 0 || TryParseNumber(text[(dash + 1)..], out sequence));
        id = new StreamId(milliseconds, sequence);
        return isId;
    }

    /// <summary>Reads a number of 64 bits; zeros may lead it.</summary>
    internal static bool TryParseNumber(ReadOnlySpan<byte> text, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out int read) && read == text.Length && text[0] != (byte)'+';

    /// <summary>Writes the id as text.</summary>
    /// <param name="destination">At least <see cref="TextBytesMax"/> bytes.</param>
    /// <returns>The text.</returns>
    internal ReadOnlySpan<byte> Format(Span<byte> destination)
    {
        Utf8Formatter.TryFormat(Milliseconds, destination, out int length);
        destination[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Sequence, destination[length..], out int digits);
        return destination[..(length + digits)];
    }

    /// <inheritdoc/>
    public int CompareTo(StreamId other) => Value.CompareTo(other.Value);

    public static bool operator <(StreamId left, StreamId right) => left.Value < right.Value;

    public static bool operator >(StreamId left, StreamId right) => left.Value > right.Value;

    public static bool operator <=(StreamId left, StreamId right) => left.Value <= right.Value;

    public static bool operator >=(StreamId left, StreamId right) => left.Value >= right.Value;
}
