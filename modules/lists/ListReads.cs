using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Lists;

/// <summary>LLEN, LINDEX and LRANGE.</summary>
internal static class ListReads
{
    internal static Reply Length(in CommandCall call) => call.TryOpen(call.Args[1], ListRecord.Type, out Key key)
        ? Reply.Integer(key.Count(ListRecord.Type))
        : Reply.WrongType;

    internal static Reply At(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.Exists)
        {
            return Reply.Nil;
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long index))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        ElementCursor walk = WalkAt(key, index);
        return walk.MoveNext() ? Reply.Bulk(ListRecord.ValueAt(walk)) : Reply.Nil;
    }

    internal static Reply Range(in CommandCall call)
    {
        if (!ListRange.TryParse(call.Args, out ListRange range))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        range = range.Within(key.Count(ListRecord.Type));
        return range.Count == 0
            ? Reply.EmptyArray
            : call.WriteElements(
                key,
                ListRecord.Kind,
                new ElementRange(range.First, range.Count),
                static (writer, count) => writer.Array(count),
                static (writer, _, in element) => writer.Bulk(ListValue.Of(element.Payload)));
    }

    /// <summary>A walk that begins at an index, which counts from the end when it is negative.</summary>
    internal static ElementCursor WalkAt(Key key, long index) =>
        key.ScanAt(ListRecord.Kind, index < 0 ? index + key.Count(ListRecord.Type) : index);
}
