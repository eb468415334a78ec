using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Commands;

/// <summary>What SCAN and its relatives may be told besides the cursor.</summary>
public readonly ref struct ScanOptions
{
    private const long CountDefault = 10;

    private readonly ReadOnlySpan<byte> _pattern;

    private ScanOptions(long count, ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> typeName, bool noValues)
    {
        Count = count;
        _pattern = pattern;
        TypeName = typeName;
        NoValues = noValues;
    }

    /// <summary>About how many keys or elements to visit.</summary>
    public long Count { get; }

    /// <summary>The pattern names must match; a lone star when none was given.</summary>
    public ReadOnlySpan<byte> Pattern => _pattern;

    /// <summary>The type keys must have, whatever its case; empty for any.</summary>
    public ReadOnlySpan<byte> TypeName { get; }

    /// <summary>Whether only names are wanted of elements that have values.</summary>
    public bool NoValues { get; }

    /// <summary>Whether a name is wanted.</summary>
    /// <param name="name">The name.</param>
    public bool Matches(ReadOnlySpan<byte> name) =>
        _pattern.SequenceEqual("*"u8) || GlobPattern.Matches(_pattern, name);

    /// <summary>Reads a cursor; unlike other integers it may have leading zeros.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="cursor">The number.</param>
    /// <returns>False: answer <see cref="RespErrors.InvalidCursor"/>.</returns>
    public static bool TryParseCursor(ReadOnlySpan<byte> text, out ulong cursor)
    {
        const int DigitsMax = 20;
        cursor = 0;
        return text.TrimStart((byte)'0').Length <= DigitsMax && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cursor);
    }

    /// <summary>Reads the options.</summary>
    /// <param name="args">The command.</param>
    /// <param name="first">Where the options begin.</param>
    /// <param name="takesType">Whether TYPE is one of them.</param>
    /// <param name="takesNoValues">Whether NOVALUES is.</param>
    /// <param name="options">The options.</param>
    /// <param name="error">What is wrong with them.</param>
    /// <returns>False when something is.</returns>
    public static bool TryParse(
        CommandArgs args, int first, bool takesType, bool takesNoValues, out ScanOptions options, out Reply error)
    {
        options = default;
        error = default;
        long count = CountDefault;
        ReadOnlySpan<byte> pattern = "*"u8;
        ReadOnlySpan<byte> typeName = default;
        bool noValues = false;
        for (int i = first; i < args.Count; i++)
        {
            ReadOnlySpan<byte> option = args[i];
            if (Ascii.EqualsIgnoreCase(option, "NOVALUES"u8))
            {
                noValues = takesNoValues;
                if (!takesNoValues)
                {
                    error = Reply.Error("ERR NOVALUES option can only be used in HSCAN"u8);
                    return false;
                }

                continue;
            }

            bool isCount = Ascii.EqualsIgnoreCase(option, "COUNT"u8);
            bool isMatch = Ascii.EqualsIgnoreCase(option, "MATCH"u8);
            bool isType = takesType && Ascii.EqualsIgnoreCase(option, "TYPE"u8);
            i++;
            if (i == args.Count || !(isCount || isMatch || isType))
            {
                error = Reply.SyntaxError;
                return false;
            }

            pattern = isMatch ? args[i] : pattern;
            typeName = isType ? args[i] : typeName;
            bool isNumber = !isCount || RedisNumber.TryParseInt64(args[i], out count);
            if (!isNumber || count < 1)
            {
                error = isNumber ? Reply.SyntaxError : Reply.Error(RespErrors.NotInteger);
                return false;
            }
        }

        options = new ScanOptions(count, pattern, typeName, noValues);
        return true;
    }
}
