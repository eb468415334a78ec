using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>KEYS, SCAN, RANDOMKEY.</summary>
internal static class KeyWalks
{
    private const long CountDefault = 10;

    internal static Reply Keys(in CommandCall call)
    {
        var matches = new KeyMatches(call.Args[1], typeName: null);
        ulong cursor = 0;
        do
        {
            cursor = call.Keyspace.ScanKeys(cursor, long.MaxValue, matches.Visit);
        }
        while (cursor != 0);
        matches.WriteTo(call.Writer);
        return Reply.Written;
    }

    internal static Reply RandomKey(in CommandCall call) =>
        call.Keyspace.RandomKey() is byte[] name ? Reply.Bulk(name) : Reply.Nil;

    internal static Reply Scan(in CommandCall call)
    {
        if (!TryParseCursor(call.Args[1], out ulong cursor))
        {
            return Reply.Error(RespErrors.InvalidCursor);
        }

        long count = CountDefault;
        ReadOnlySpan<byte> pattern = "*"u8;
        string? typeName = null;
        for (int i = 2; i < call.Args.Count; i += 2)
        {
            ReadOnlySpan<byte> option = call.Args[i];
            if (i + 1 >= call.Args.Count)
            {
                return Reply.SyntaxError;
            }

            ReadOnlySpan<byte> argument = call.Args[i + 1];
            if (Ascii.EqualsIgnoreCase(option, "COUNT"u8))
            {
                if (!RedisNumber.TryParseInt64(argument, out count))
                {
                    return Reply.Error(RespErrors.NotInteger);
                }

                if (count < 1)
                {
                    return Reply.SyntaxError;
                }
            }
            else if (Ascii.EqualsIgnoreCase(option, "MATCH"u8))
            {
                pattern = argument;
            }
            else if (Ascii.EqualsIgnoreCase(option, "TYPE"u8))
            {
                typeName = Encoding.UTF8.GetString(argument);
            }
            else
            {
                return Reply.SyntaxError;
            }
        }

        var matches = new KeyMatches(pattern, typeName);
        cursor = call.Keyspace.ScanKeys(cursor, count, matches.Visit);
        call.Writer.Array(2);
        call.Writer.Bulk(cursor.ToString(CultureInfo.InvariantCulture));
        matches.WriteTo(call.Writer);
        return Reply.Written;
    }

    /// <summary>Reads a cursor; unlike other integers it may have leading zeros.</summary>
    private static bool TryParseCursor(ReadOnlySpan<byte> text, out ulong cursor)
    {
        const int DigitsMax = 20;
        cursor = 0;
        return text.TrimStart((byte)'0').Length <= DigitsMax && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cursor);
    }
}
