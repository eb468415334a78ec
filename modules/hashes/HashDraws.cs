using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Hashes;

/// <summary>HRANDFIELD: fields chosen at random, each with the same chance.</summary>
internal static class HashDraws
{
    internal static Reply Draw(in CommandCall call)
    {
        if (call.Args.Count > 2)
        {
            return DrawMany(call);
        }

        return !call.TryOpen(call.Args[1], HashRecord.Type, out Key key) ? Reply.WrongType
            : key.TryDraw(HashRecord.Kind, out ElementCursor? drawn) ? Reply.Bulk(drawn.Element)
            : Reply.Nil;
    }

    private static Reply DrawMany(in CommandCall call)
    {
        if (!TryParse(call.Args, out long wanted, out bool withValues, out Reply error))
        {
            return error;
        }

        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (wanted == 0 || !key.TryDraw(HashRecord.Kind, out _))
        {
            return Reply.EmptyArray;
        }

        if (wanted < 0)
        {
            DrawRepeatedly(call, key, -wanted, withValues);
        }
        else
        {
            DrawDifferent(call, key, wanted, withValues);
        }

        return Reply.Written;
    }

    private static bool TryParse(CommandArgs args, out long wanted, out bool withValues, out Reply error)
    {
        withValues = args.Count == 4 && Ascii.EqualsIgnoreCase(args[3], "WITHVALUES"u8);
        bool isNumber = RedisNumber.TryParseInt64(args[2], out wanted);
        error = !isNumber ? Reply.Error(RespErrors.NotInteger)
            : wanted == long.MinValue
                ? Reply.Error($"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}")
            : args.Count > 3 && !withValues ? Reply.SyntaxError
            : withValues && Math.Abs(wanted) > long.MaxValue / 2 ? Reply.Error("ERR value is out of range"u8)
            : default;
        return !error.IsError;
    }

    /// <summary>Answers with draws of which each is from all fields.</summary>
    private static void DrawRepeatedly(in CommandCall call, Key key, long wanted, bool withValues)
    {
        WriteHeader(call.Writer, wanted, withValues);
        for (long i = 0; i < wanted && key.TryDraw(HashRecord.Kind, out ElementCursor? drawn); i++)
        {
            WriteField(call.Writer, drawn.Element, drawn.Value, withValues);
        }
    }

    private static void DrawDifferent(in CommandCall call, Key key, long wanted, bool withValues)
    {
        // How many are found stands in front of them.
        var fields = new RespWriter { ProtocolVersion = call.Writer.ProtocolVersion };
        long found = 0;
        RandomElements.Choose(call.Keyspace, key, HashRecord.Type, wanted, (field, in value) =>
        {
            WriteField(fields, field, value, withValues);
            found++;
        });
        WriteHeader(call.Writer, found, withValues);
        call.Writer.Raw(fields.Written);
    }

    /// <summary>Pairs are arrays of their own in RESP3, and lie flat in RESP2.</summary>
    private static void WriteHeader(RespWriter writer, long fields, bool withValues) =>
        writer.Array(withValues && !writer.IsResp3 ? fields * 2 : fields);

    private static void WriteField(
        RespWriter writer, ReadOnlySpan<byte> field, in ElementValue value, bool withValues)
    {
        if (withValues && writer.IsResp3)
        {
            writer.Array(2);
        }

        writer.Bulk(field);
        if (withValues)
        {
            CountedValue.Write(writer, value);
        }
    }
}
