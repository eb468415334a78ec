using System.Runtime.CompilerServices;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Commands;

/// <summary>Turns a record that may be a counter, as strings and fields of hashes are, into the bytes a client sees. A
/// plain value is its payload; nothing is copied or allocated for it.</summary>
public static class CountedValue
{
    /// <summary>Room for any counter as text.</summary>
    public const int ScratchBytes = CounterNumber.TextBytesMax;

    /// <summary>The visible bytes.</summary>
    /// <param name="value">What the keyspace holds.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> for a counter's text.</param>
    /// <returns>The payload itself or a part of <paramref name="scratch"/>.</returns>
    public static ReadOnlySpan<byte> Read(scoped in ElementValue value, Span<byte> scratch) =>
        value.HasCounter && TryTotal(value, out CounterSum total)
            ? CounterNumber.Format(total, scratch)
            : value.Payload;

    /// <summary>Answers with the visible bytes. Only for calls that write nothing afterwards.</summary>
    /// <param name="call">The call.</param>
    /// <param name="value">What the keyspace holds.</param>
    public static Reply Answer(in CommandCall call, scoped in ElementValue value)
    {
        if (!value.HasCounter)
        {
            return Reply.Bulk(value.Payload);
        }

        WriteCounter(call.Writer, value);
        return Reply.Written;
    }

    /// <summary>Writes the visible bytes as a byte string.</summary>
    /// <param name="writer">Receives it.</param>
    /// <param name="value">What the keyspace holds.</param>
    public static void Write(RespWriter writer, in ElementValue value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.HasCounter)
        {
            WriteCounter(writer, value);
        }
        else
        {
            writer.Bulk(value.Payload);
        }
    }

    /// <summary>The value as INCR needs it.</summary>
    /// <param name="value">What the keyspace holds.</param>
    /// <param name="integer">The integer.</param>
    /// <returns>False when it is no integer of 64 bits in Redis's one spelling.</returns>
    public static bool TryReadInteger(in ElementValue value, out long integer)
    {
        if (!value.HasCounter)
        {
            return RedisNumber.TryParseInt64(value.Payload, out integer);
        }

        integer = 0;
        if (!TryTotal(value, out CounterSum total) || !total.TryGetInteger(out Int128 wide) ||
            wide < long.MinValue || wide > long.MaxValue)
        {
            return false;
        }

        integer = (long)wide;
        return true;
    }

    /// <summary>The value as INCRBYFLOAT needs it.</summary>
    /// <param name="value">What the keyspace holds.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when it is no number.</returns>
    public static bool TryReadNumber(in ElementValue value, out CounterSum number) =>
        value.HasCounter ? TryTotal(value, out number) : CounterNumber.TryParse(value.Payload, out number);

    /// <summary>Base and increments together.</summary>
    /// <returns>False when the payload is no number: the increments are masked then.</returns>
    private static bool TryTotal(in ElementValue value, out CounterSum total)
    {
        total = value.CounterWorth;
        if (value.Dot == default)
        {
            return true;
        }

        if (!CounterNumber.TryParse(value.Payload, out CounterSum @base) || !double.IsFinite(@base.AsDouble))
        {
            return false;
        }

        total = @base + total;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // Its scratch space would weigh on every GET.
    private static void WriteCounter(RespWriter writer, in ElementValue value)
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        writer.Bulk(Read(value, scratch));
    }
}
