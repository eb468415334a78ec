using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>XRANGE and XREVRANGE.</summary>
internal static class StreamRanges
{
    internal static Reply Range(in CommandCall call) => Answer(call, reverse: false);

    internal static Reply ReverseRange(in CommandCall call) => Answer(call, reverse: true);

    /// <summary>Answers with the entries of a walk, as an array.</summary>
    /// <param name="writer">Receives it.</param>
    /// <param name="walk">The entries.</param>
    /// <param name="atMost">How many of them.</param>
    /// <returns>How many there were.</returns>
    internal static long Answer(RespWriter writer, EntryWalk walk, long atMost)
    {
        int mark = writer.Length;
        long count = 0;
        while (count < atMost && walk.MoveNext())
        {
            EntryFields.Answer(writer, walk.Id, walk.Payload);
            count++;
        }

        writer.ArraySince(mark, count);
        return count;
    }

    private static Reply Answer(in CommandCall call, bool reverse)
    {
        CommandArgs args = call.Args;
        if (!IdRange.TryParse(args[reverse ? 3 : 2], args[reverse ? 2 : 3], out IdRange range, out Reply error))
        {
            return error;
        }

        long count = long.MaxValue;
        for (int i = 4; i < args.Count; i += 2)
        {
            if (i + 1 >= args.Count || !args[i].Is("COUNT"u8))
            {
                return Reply.SyntaxError;
            }

            if (!RedisNumber.TryParseInt64(args[i + 1], out count))
            {
                return Reply.Error(RespErrors.NotInteger);
            }
        }

        if (!StreamKey.TryOpen(call, args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (!stream.Exists)
        {
            return Reply.EmptyArray;
        }

        if (count <= 0)
        {
            return Reply.NilArray;
        }

        EntryWalk walk = reverse
            ? EntryWalk.Backward(stream.Key, range.End, range.Start)
            : EntryWalk.Forward(stream.Key, range.Start, range.End);
        Answer(call.Writer, walk, count);
        return Reply.Written;
    }
}
