using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Strings;

/// <summary>GET, MGET, STRLEN, GETRANGE, SUBSTR.</summary>
internal static class StringReads
{
    internal static Reply Get(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        return key.TryGet(StringRecord.Kind, default, out ElementValue value)
            ? CountedValue.Answer(call, value)
            : StringRecord.Missing(key, Reply.Nil);
    }

    internal static Reply GetMany(in CommandCall call)
    {
        call.Writer.Array(call.Args.Count - 1);
        for (int i = 1; i < call.Args.Count; i++)
        {
            if (call.Open(call.Args[i]).TryGet(StringRecord.Kind, default, out ElementValue value))
            {
                CountedValue.Write(call.Writer, value);
            }
            else
            {
                call.Writer.Nil();
            }
        }

        return Reply.Written;
    }

    internal static Reply Length(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (!key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            return StringRecord.Missing(key, Reply.Integer(0));
        }

        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        return Reply.Integer(CountedValue.Read(value, scratch).Length);
    }

    internal static Reply GetRange(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long start) ||
            !RedisNumber.TryParseInt64(call.Args[3], out long end))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        Key key = call.Open(call.Args[1]);
        if (!key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            return StringRecord.Missing(key, Reply.Bulk(default));
        }

        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        call.Writer.Bulk(Slice(CountedValue.Read(value, scratch), start, end));
        return Reply.Written;
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> text, long start, long end)
    {
        if (start < 0 && end < 0 && start > end)
        {
            return default;
        }

        long first = Math.Max(start < 0 ? start + text.Length : start, 0);
        long last = Math.Min(Math.Max(end < 0 ? end + text.Length : end, 0), text.Length - 1);
        return first > last ? default : text[(int)first..(int)(last + 1)];
    }
}
