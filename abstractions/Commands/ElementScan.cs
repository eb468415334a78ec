using System.Globalization;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Commands;

/// <summary>Answers SSCAN, HSCAN and their like: <c>command key cursor [MATCH pattern] [COUNT count]</c>, for types
/// whose elements are ordered by hash.</summary>
public static class ElementScan
{
    /// <summary>Visits elements from a cursor on.</summary>
    /// <param name="call">The call.</param>
    /// <param name="type">The type; its counted elements are visited.</param>
    /// <param name="writeValue">Writes what follows an element's name, or null when nothing does.</param>
    /// <param name="takesNoValues">Whether an option can ask for the names alone.</param>
    public static Reply Answer(
        in CommandCall call, KeyType type, ElementAnswer? writeValue = null, bool takesNoValues = true)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!ScanOptions.TryParseCursor(call.Args[2], out ulong cursor))
        {
            return Reply.Error(RespErrors.InvalidCursor);
        }

        if (!call.TryOpen(call.Args[1], type, out Key key))
        {
            return Reply.WrongType;
        }

        // Redis does not look at the options of an absent key.
        ScanOptions options = default;
        if (key.Exists &&
            !ScanOptions.TryParse(
                call.Args, 3, takesType: false, takesNoValues && writeValue is not null, out options, out Reply error))
        {
            return error;
        }

        var page = new RespWriter { ProtocolVersion = call.Writer.ProtocolVersion };
        long written = 0;
        ulong next = key.Exists ? Visit(key, type, cursor, options, writeValue, page, out written) : 0;
        call.Writer.Array(2);
        call.Writer.Bulk(next.ToString(CultureInfo.InvariantCulture));
        call.Writer.Array(written);
        call.Writer.Raw(page.Written);
        return Reply.Written;
    }

    private static ulong Visit(
        Key key,
        KeyType type,
        ulong cursor,
        in ScanOptions options,
        ElementAnswer? writeValue,
        RespWriter page,
        out long written)
    {
        // What Redis packs it answers at once, and there are clients that count on it.
        bool isPacked = type.Encoding(key) is not ("hashtable" or "skiplist");
        long visits = cursor == 0 && isPacked ? long.MaxValue : options.Count;
        bool hasValues = writeValue is not null && !options.NoValues;
        written = 0;
        ulong last = 0;
        ElementCursor walk = key.ScanFrom(type.Kind, cursor);
        for (long visited = 0; walk.MoveNext(); visited++)
        {
            if (visited >= visits && walk.Position != last)
            {
                return walk.Position;
            }

            last = walk.Position;
            if (options.Matches(walk.Element))
            {
                page.Bulk(walk.Element);
                if (hasValues)
                {
                    writeValue!(page, walk.Element, walk.Value);
                }

                written += hasValues ? 2 : 1;
            }
        }

        return 0;
    }
}
