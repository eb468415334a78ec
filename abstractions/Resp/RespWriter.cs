using System.Buffers.Text;
using System.Globalization;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Resp;

/// <summary>
/// Writes answers in RESP2 or RESP3; the differences between the two live here and nowhere else. What was written
/// since a mark can be taken back, so that a call which has to run again leaves nothing behind.
/// </summary>
/// <remarks>Redis documentation, "Redis serialization protocol specification".</remarks>
public sealed class RespWriter
{
    private readonly RecordWriter _out;

    /// <summary>Creates a writer over its own buffer.</summary>
    /// <param name="capacity">Bytes to begin with.</param>
    public RespWriter(int capacity = 4096) => _out = new RecordWriter(capacity);

    /// <summary>2 or 3; HELLO changes it.</summary>
    public int ProtocolVersion { get; set; } = 2;

    /// <summary>Bytes not yet taken; also a mark for <see cref="RollBackTo"/>.</summary>
    public int Length => _out.Length;

    /// <summary>The bytes not yet taken.</summary>
    public ReadOnlySpan<byte> Written => _out.Written;

    /// <summary>Whether types of RESP3 can be told.</summary>
    public bool IsResp3 => ProtocolVersion >= 3;

    /// <summary>Forgets all bytes after they were taken.</summary>
    public void Clear() => _out.Clear();

    /// <summary>Takes back what was written after a mark.</summary>
    /// <param name="mark">A former <see cref="Length"/>.</param>
    public void RollBackTo(int mark) => _out.Truncate(mark);

    /// <summary>Writes an answer; one that the handler wrote itself, a missing one and a wait write nothing.</summary>
    /// <param name="reply">The answer.</param>
    public void Write(Reply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Simple:
                Simple(reply.Payload);
                break;
            case ReplyKind.Error:
                Error(reply.Payload);
                break;
            case ReplyKind.Integer:
                Integer(reply.Number);
                break;
            case ReplyKind.Bulk:
                Bulk(reply.Payload);
                break;
            case ReplyKind.Nil:
                Nil();
                break;
            case ReplyKind.NilArray:
                NilArray();
                break;
            case ReplyKind.EmptyArray:
                Array(0);
                break;
            default:
                break;
        }
    }

    /// <summary>A status line.</summary>
    /// <param name="value">The words.</param>
    public void Simple(ReadOnlySpan<byte> value) => Line((byte)'+', value);

    /// <summary>An error line; line ends in the message become blanks.</summary>
    /// <param name="message">Code and message.</param>
    public void Error(ReadOnlySpan<byte> message)
    {
        Span<byte> line = Frame((byte)'-', message);
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = line[i] is (byte)'\r' or (byte)'\n' ? (byte)' ' : line[i];
        }
    }

    /// <summary>An integer.</summary>
    /// <param name="value">The value.</param>
    public void Integer(long value) => Header((byte)':', value);

    /// <summary>A byte string.</summary>
    /// <param name="value">The bytes.</param>
    public void Bulk(ReadOnlySpan<byte> value)
    {
        // Prefix, payload and end in one reservation: this is the path of every GET.
        int digits = DigitsOf((ulong)value.Length);
        Span<byte> span = _out.Reserve(digits + value.Length + 5);
        WriteHeader(span, (byte)'$', (ulong)value.Length, digits);
        value.CopyTo(span[(digits + 3)..]);
        span[^2] = (byte)'\r';
        span[^1] = (byte)'\n';
    }

    /// <summary>A byte string from text.</summary>
    /// <param name="value">The text, sent as UTF-8.</param>
    public void Bulk(string value)
    {
        int length = System.Text.Encoding.UTF8.GetByteCount(value);
        Header((byte)'$', length);
        System.Text.Encoding.UTF8.GetBytes(value, _out.Reserve(length));
        End();
    }

    /// <summary>An integer as a byte string.</summary>
    /// <param name="value">The value.</param>
    public void BulkInteger(long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out int length);
        Bulk(text[..length]);
    }

    /// <summary>Nothing, where a string would be.</summary>
    public void Nil() => _out.WriteBytes(IsResp3 ? "_\r\n"u8 : "$-1\r\n"u8);

    /// <summary>Nothing, where an array would be.</summary>
    public void NilArray() => _out.WriteBytes(IsResp3 ? "_\r\n"u8 : "*-1\r\n"u8);

    /// <summary>Begins an array.</summary>
    /// <param name="count">Its elements, written next.</param>
    public void Array(long count) => Header((byte)'*', count);

    /// <summary>Makes an array of what was written since a mark: for answers whose length shows only at their end.</summary>
    /// <param name="mark">A former <see cref="Length"/>.</param>
    /// <param name="count">The elements written since.</param>
    public void ArraySince(int mark, long count)
    {
        int header = Length;
        Array(count);
        _out.MoveTail(header, mark);
    }

    /// <summary>Makes a map of what was written since a mark.</summary>
    /// <param name="mark">A former <see cref="Length"/>.</param>
    /// <param name="pairs">The pairs written since.</param>
    public void MapSince(int mark, long pairs)
    {
        int header = Length;
        Map(pairs);
        _out.MoveTail(header, mark);
    }

    /// <summary>Begins a map; in RESP2 a flat array of twice as many.</summary>
    /// <param name="pairs">Its pairs, written next: key, value, key, value.</param>
    public void Map(long pairs) => Header(IsResp3 ? (byte)'%' : (byte)'*', IsResp3 ? pairs : pairs * 2);

    /// <summary>Begins a set; in RESP2 an array.</summary>
    /// <param name="count">Its elements, written next.</param>
    public void Set(long count) => Header(IsResp3 ? (byte)'~' : (byte)'*', count);

    /// <summary>Begins an out-of-band push; in RESP2 an array.</summary>
    /// <param name="count">Its elements, written next.</param>
    public void Push(long count) => Header(IsResp3 ? (byte)'>' : (byte)'*', count);

    /// <summary>A truth value; in RESP2 the integer 1 or 0.</summary>
    /// <param name="value">The truth.</param>
    public void Boolean(bool value)
    {
        if (IsResp3)
        {
            _out.WriteBytes(value ? "#t\r\n"u8 : "#f\r\n"u8);
        }
        else
        {
            Integer(value ? 1 : 0);
        }
    }

    /// <summary>A floating point number; in RESP2 a byte string.</summary>
    /// <param name="value">The value, written in the shortest form that reads back the same.</param>
    public void Double(double value)
    {
        if (value != 0 && Math.Abs(value) <= RedisNumber.IntegerMax && Math.Truncate(value) == value)
        {
            WholeDouble((long)value);
            return;
        }

        string text = double.IsPositiveInfinity(value) ? "inf"
            : double.IsNegativeInfinity(value) ? "-inf"
            : double.IsNaN(value) ? "nan"
            : RedisNumber.Format(value);
        if (IsResp3)
        {
            Line((byte)',', System.Text.Encoding.ASCII.GetBytes(text));
        }
        else
        {
            Bulk(text);
        }
    }

    /// <summary>An integer beyond 64 bits; in RESP2 a byte string.</summary>
    /// <param name="value">The value.</param>
    public void BigNumber(Int128 value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        if (IsResp3)
        {
            Line((byte)'(', System.Text.Encoding.ASCII.GetBytes(text));
        }
        else
        {
            Bulk(text);
        }
    }

    /// <summary>Text with a format; in RESP2 a byte string.</summary>
    /// <param name="value">The text.</param>
    /// <param name="format">Three letters, <c>txt</c> or <c>mkd</c>.</param>
    public void Verbatim(ReadOnlySpan<byte> value, ReadOnlySpan<byte> format)
    {
        if (!IsResp3)
        {
            Bulk(value);
            return;
        }

        Invariant.That(format.Length == 3, "a verbatim format has three letters");
        Header((byte)'=', value.Length + 4);
        _out.WriteBytes(format);
        _out.WriteByte((byte)':');
        _out.WriteBytes(value);
        End();
    }

    /// <summary>Bytes that already are RESP.</summary>
    /// <param name="encoded">The bytes.</param>
    public void Raw(ReadOnlySpan<byte> encoded) => _out.WriteBytes(encoded);

    /// <summary>The way of most scores, without an object.</summary>
    private void WholeDouble(long value)
    {
        if (IsResp3)
        {
            Header((byte)',', value);
        }
        else
        {
            BulkInteger(value);
        }
    }

    private void Header(byte prefix, long number)
    {
        if (number < 0)
        {
            Span<byte> text = stackalloc byte[20];
            Utf8Formatter.TryFormat(number, text, out int length);
            Line(prefix, text[..length]);
            return;
        }

        int digits = DigitsOf((ulong)number);
        WriteHeader(_out.Reserve(digits + 3), prefix, (ulong)number, digits);
    }

    private static void WriteHeader(Span<byte> span, byte prefix, ulong number, int digits)
    {
        span[digits + 2] = (byte)'\n';
        span[digits + 1] = (byte)'\r';
        for (int i = digits; i > 0; i--)
        {
            (number, ulong digit) = Math.DivRem(number, 10);
            span[i] = (byte)('0' + digit);
        }

        span[0] = prefix;
    }

    private static int DigitsOf(ulong number)
    {
        int digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    private void Line(byte prefix, ReadOnlySpan<byte> text) => Frame(prefix, text);

    private Span<byte> Frame(byte prefix, ReadOnlySpan<byte> text)
    {
        Span<byte> span = _out.Reserve(text.Length + 3);
        span[0] = prefix;
        text.CopyTo(span[1..]);
        span[^2] = (byte)'\r';
        span[^1] = (byte)'\n';
        return span[1..^2];
    }

    private void End() => _out.WriteBytes("\r\n"u8);
}
