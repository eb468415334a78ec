using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// The number a counter slot accumulates: an integer as long as only integers were added, then a decimal, and a
/// double once a decimal can no longer hold it. A slot has one writer, so its sum is one sequence of additions and
/// every replica holds the same bits.
/// </summary>
/// <remarks>
/// <code>
/// sum = 0 u8 | zigzag varint          integer, 128 bits
///     | 1 u8 | 4 x i32                decimal, as Decimal.GetBits
///     | 2 u8 | f64                    double
/// </code>
/// </remarks>
public readonly struct CounterSum : IEquatable<CounterSum>
{
    private const byte IntegerTag = 0;
    private const byte DecimalTag = 1;
    private const byte DoubleTag = 2;

    private readonly byte _tag;
    private readonly Int128 _integer;
    private readonly decimal _decimal;
    private readonly double _double;

    /// <summary>An integer.</summary>
    /// <param name="value">The value.</param>
    public CounterSum(Int128 value) => _integer = value;

    /// <summary>A decimal fraction.</summary>
    /// <param name="value">The value.</param>
    public CounterSum(decimal value) => (_tag, _decimal) = (DecimalTag, value);

    /// <summary>A binary floating point number.</summary>
    /// <param name="value">The value.</param>
    public CounterSum(double value) => (_tag, _double) = (DoubleTag, value);

    /// <summary>Whether this is still an integer by construction.</summary>
    public bool IsInteger => _tag == IntegerTag;

    /// <summary>Whether this is a decimal.</summary>
    public bool IsDecimal => _tag == DecimalTag;

    /// <summary>The value as a double.</summary>
    public double AsDouble => _tag switch
    {
        IntegerTag => (double)_integer,
        DecimalTag => (double)_decimal,
        _ => _double,
    };

    /// <summary>The value as a decimal, when it is one or is an integer that fits.</summary>
    /// <param name="value">The decimal.</param>
    /// <returns>False for a double or a number out of a decimal's range.</returns>
    public bool TryGetDecimal(out decimal value)
    {
        value = 0;
        if (_tag == DoubleTag)
        {
            return false;
        }

        if (_tag == DecimalTag)
        {
            value = _decimal;
            return true;
        }

        if (_integer > (Int128)decimal.MaxValue || _integer < (Int128)decimal.MinValue)
        {
            return false;
        }

        value = (decimal)_integer;
        return true;
    }

    /// <summary>The value as an integer, when it has no fraction.</summary>
    /// <param name="value">The integer.</param>
    /// <returns>False when it has a fraction or exceeds 128 bits.</returns>
    public bool TryGetInteger(out Int128 value)
    {
        switch (_tag)
        {
            case IntegerTag:
                value = _integer;
                return true;
            case DecimalTag when decimal.Truncate(_decimal) == _decimal:
                value = (Int128)_decimal;
                return true;
            case DoubleTag when Math.Truncate(_double) == _double && Math.Abs(_double) < 1e38:
                value = (Int128)_double;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>Adds two sums, in the narrower kind that holds both.</summary>
    public static CounterSum operator +(CounterSum left, CounterSum right)
    {
        if (left._tag == IntegerTag && right._tag == IntegerTag)
        {
            return new CounterSum(left._integer + right._integer);
        }

        if (left.TryGetDecimal(out decimal a) && right.TryGetDecimal(out decimal b))
        {
            decimal limit = decimal.MaxValue / 4;
            if (Math.Abs(a) < limit && Math.Abs(b) < limit)
            {
                return new CounterSum(a + b);
            }
        }

        return new CounterSum(left.AsDouble + right.AsDouble);
    }

    /// <summary>Subtracts.</summary>
    public static CounterSum operator -(CounterSum left, CounterSum right) => left + (-right);

    /// <summary>Negates.</summary>
    public static CounterSum operator -(CounterSum value) => value._tag switch
    {
        IntegerTag => new CounterSum(-value._integer),
        DecimalTag => new CounterSum(-value._decimal),
        _ => new CounterSum(-value._double),
    };

    /// <summary>Encodes.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(_tag);
        switch (_tag)
        {
            case IntegerTag:
                writer.WriteVarint((UInt128)((_integer << 1) ^ (_integer >> 127)));
                break;
            case DecimalTag:
                Span<int> bits = stackalloc int[4];
                decimal.GetBits(_decimal, bits);
                foreach (int part in bits)
                {
                    writer.WriteUInt32((uint)part);
                }

                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(writer.Reserve(8), _double);
                break;
        }
    }

    /// <summary>Decodes.</summary>
    /// <param name="reader">Where from.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="RecordFormatException">The bytes are not a sum.</exception>
    public static CounterSum Read(ref RecordReader reader)
    {
        switch (reader.ReadByte())
        {
            case IntegerTag:
                UInt128 zigzag = reader.ReadVarint();
                return new CounterSum((Int128)(zigzag >> 1) ^ -(Int128)(zigzag & 1));
            case DecimalTag:
                Span<int> bits = stackalloc int[4];
                for (int i = 0; i < 4; i++)
                {
                    bits[i] = (int)reader.ReadUInt32();
                }

                const int ReservedFlags = 0x7F00FFFF;
                if ((bits[3] & ReservedFlags) != 0 || ((bits[3] >> 16) & 0xFF) > 28)
                {
                    throw new RecordFormatException("decimal has invalid flags");
                }

                return new CounterSum(new decimal(bits));
            case DoubleTag:
                return new CounterSum(BinaryPrimitives.ReadDoubleLittleEndian(reader.ReadBytes(8)));
            default:
                throw new RecordFormatException("unknown kind of counter sum");
        }
    }

    /// <inheritdoc/>
    public bool Equals(CounterSum other) =>
        _tag == other._tag && _integer == other._integer && _decimal == other._decimal && _double.Equals(other._double);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CounterSum other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => AsDouble.GetHashCode();

    /// <summary>Equality by kind and value.</summary>
    public static bool operator ==(CounterSum left, CounterSum right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(CounterSum left, CounterSum right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => _tag switch
    {
        IntegerTag => _integer.ToString(System.Globalization.CultureInfo.InvariantCulture),
        DecimalTag => _decimal.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => _double.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
    };
}
