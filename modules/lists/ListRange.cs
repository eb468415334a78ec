using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Lists;

/// <summary>Indexes from one to another, both included; negative ones count from the end.</summary>
internal readonly record struct ListRange(long First, long Last)
{
    /// <summary>How many elements a range within a list has.</summary>
    internal long Count => Last - First + 1;

    internal static bool TryParse(CommandArgs args, out ListRange range)
    {
        bool isFirst = RedisNumber.TryParseInt64(args[2], out long first);
        bool isLast = RedisNumber.TryParseInt64(args[3], out long last);
        range = new ListRange(first, last);
        return isFirst && isLast;
    }

    /// <summary>The part of the range that lies within a list, counted from its beginning.</summary>
    /// <param name="length">How many elements the list has.</param>
    internal ListRange Within(long length)
    {
        long first = Math.Max(0, First < 0 ? First + length : First);
        long last = Math.Min(length - 1, Last < 0 ? Last + length : Last);
        return first <= last ? new ListRange(first, last) : new ListRange(0, -1);
    }
}
