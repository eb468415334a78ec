namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// A hybrid logical clock reading: 48 bits of unix milliseconds above 16 bits of a logical counter.
/// Stamps of one origin never repeat and never go back; between origins they only arbitrate writes that did
/// not see each other.
/// </summary>
/// <remarks>Kulkarni et al., "Logical Physical Clocks" (2014). Encoded little-endian, 8 bytes.</remarks>
/// <param name="Value">The packed reading.</param>
public readonly record struct Stamp(ulong Value) : IComparable<Stamp>
{
    /// <summary>Bits that hold the logical counter.</summary>
    public const int LogicalBits = 16;

    /// <summary>The stamp before every other; "nothing seen".</summary>
    public static Stamp Zero => default;

    /// <summary>The stamp after every other.</summary>
    public static Stamp Latest => new(ulong.MaxValue);

    /// <summary>The physical part, in unix milliseconds.</summary>
    public long UnixMilliseconds => (long)(Value >> LogicalBits);

    /// <summary>The smallest stamp of a millisecond.</summary>
    /// <param name="unixMilliseconds">Unix time in milliseconds, not negative.</param>
    /// <returns>The stamp with a logical counter of zero.</returns>
    public static Stamp FromUnixMilliseconds(long unixMilliseconds) => new((ulong)unixMilliseconds << LogicalBits);

    /// <inheritdoc/>
    public int CompareTo(Stamp other) => Value.CompareTo(other.Value);

    /// <summary>Orders stamps.</summary>
    public static bool operator <(Stamp left, Stamp right) => left.Value < right.Value;

    /// <summary>Orders stamps.</summary>
    public static bool operator >(Stamp left, Stamp right) => left.Value > right.Value;

    /// <summary>Orders stamps.</summary>
    public static bool operator <=(Stamp left, Stamp right) => left.Value <= right.Value;

    /// <summary>Orders stamps.</summary>
    public static bool operator >=(Stamp left, Stamp right) => left.Value >= right.Value;

    /// <summary>The larger of two stamps.</summary>
    public static Stamp Max(Stamp left, Stamp right) => left.Value >= right.Value ? left : right;
}
