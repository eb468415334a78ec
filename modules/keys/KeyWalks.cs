using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>KEYS, SCAN, RANDOMKEY.</summary>
internal static class KeyWalks
{
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
        if (!ScanOptions.TryParseCursor(call.Args[1], out ulong cursor))
        {
            return Reply.Error(RespErrors.InvalidCursor);
        }

        if (!ScanOptions.TryParse(
            call.Args, 2, takesType: true, takesNoValues: false, out ScanOptions options, out Reply error))
        {
            return error;
        }

        string? typeName = options.TypeName.IsEmpty ? null : Encoding.UTF8.GetString(options.TypeName);
        var matches = new KeyMatches(options.Pattern, typeName);
        cursor = call.Keyspace.ScanKeys(cursor, options.Count, matches.Visit);
        call.Writer.Array(2);
        call.Writer.Bulk(cursor.ToString(CultureInfo.InvariantCulture));
        matches.WriteTo(call.Writer);
        return Reply.Written;
    }
}
