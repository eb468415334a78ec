namespace Marekvs.Host.Resp;

/// <summary>
/// Splits an inline command, the form a person types into a raw connection:
/// <code>
///   blanks separate      SET key value
///   "..." with escapes   "\n \r \t \b \a \xHH", any other character after \ stands for itself
///   '...' almost raw     only \' is an escape
/// </code>
/// A quote may open in the middle of a word; after the closing one a blank or the end must follow.
/// </summary>
/// <remarks>Redis documentation, "Inline commands".</remarks>
internal static class InlineCommand
{
    /// <summary>Whether a line has quotes, so that its arguments are not the bytes as they stand.</summary>
    /// <param name="line">The line without its end.</param>
    public static bool HasQuotes(ReadOnlySpan<byte> line) => line.IndexOfAny((byte)'"', (byte)'\'') >= 0;

    /// <summary>Splits a line without quotes.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="offset">Where the line begins in the bytes the ranges are to point into.</param>
    /// <param name="arguments">Receives the ranges.</param>
    public static void SplitPlain(ReadOnlySpan<byte> line, int offset, ArgumentRanges arguments)
    {
        line = CutAtZero(line);
        int at = 0;
        while (true)
        {
            while (at < line.Length && IsLeadingBlank(line[at]))
            {
                at++;
            }

            if (at == line.Length)
            {
                return;
            }

            int start = at;
            while (at < line.Length && !EndsWord(line[at]))
            {
                at++;
            }

            arguments.Add(offset + start, at - start);
        }
    }

    /// <summary>Splits a line in place: what quotes and escapes stand for is never longer than they are.</summary>
    /// <param name="line">The line without its end; receives the arguments' bytes, one after the other.</param>
    /// <param name="arguments">Receives their ranges in the line.</param>
    /// <returns>False when quotes do not match.</returns>
    public static bool TrySplitInPlace(Span<byte> line, ArgumentRanges arguments)
    {
        line = line[..CutAtZero(line).Length];
        int read = 0;
        int written = 0;
        while (true)
        {
            while (read < line.Length && IsLeadingBlank(line[read]))
            {
                read++;
            }

            if (read == line.Length)
            {
                return true;
            }

            int start = written;
            while (read < line.Length && !EndsWord(line[read]))
            {
                byte b = line[read++];
                if (b is (byte)'"' or (byte)'\'')
                {
                    if (!TryQuoted(line, b, ref read, ref written))
                    {
                        return false;
                    }

                    break;
                }

                line[written++] = b;
            }

            arguments.Add(start, written - start);
        }
    }

    /// <summary>Reads up to the closing quote, which must be followed by a blank or the end.</summary>
    private static bool TryQuoted(Span<byte> line, byte quote, ref int read, ref int written)
    {
        while (read < line.Length)
        {
            byte b = line[read++];
            if (b == quote)
            {
                return read == line.Length || IsLeadingBlank(line[read]);
            }

            if (b == (byte)'\\' && read < line.Length)
            {
                b = quote == (byte)'"' ? Unescape(line, ref read) : UnescapeSingle(line, ref read);
            }

            line[written++] = b;
        }

        return false;
    }

    private static byte UnescapeSingle(ReadOnlySpan<byte> line, ref int read)
    {
        if (line[read] != (byte)'\'')
        {
            return (byte)'\\';
        }

        read++;
        return (byte)'\'';
    }

    private static byte Unescape(ReadOnlySpan<byte> line, ref int read)
    {
        if (line[read] == (byte)'x' && read + 2 < line.Length &&
            char.IsAsciiHexDigit((char)line[read + 1]) && char.IsAsciiHexDigit((char)line[read + 2]))
        {
            int value = (HexDigit(line[read + 1]) << 4) | HexDigit(line[read + 2]);
            read += 3;
            return (byte)value;
        }

        return line[read++] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            byte other => other,
        };
    }

    private static int HexDigit(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsLeadingBlank(byte b) => b is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    /// <summary>Vertical tabs and form feeds are skipped before a word but do not end one, as in Redis.</summary>
    private static bool EndsWord(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    /// <summary>Redis reads the line as a C string.</summary>
    private static ReadOnlySpan<byte> CutAtZero(ReadOnlySpan<byte> line)
    {
        int zero = line.IndexOf((byte)0);
        return zero < 0 ? line : line[..zero];
    }
}
