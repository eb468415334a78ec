using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Lists;

/// <summary>LMPOP, and what waits until one of many lists has something: BLPOP, BRPOP, BLMPOP.</summary>
internal static class ManyListPops
{
    internal static Reply WaitLeft(in CommandCall call) => WaitForOne(call, ListEnd.Left);

    internal static Reply WaitRight(in CommandCall call) => WaitForOne(call, ListEnd.Right);

    internal static Reply Pop(in CommandCall call)
    {
        if (!PopQuery.TryParse(call.Args, 1, out PopQuery query, out Reply error))
        {
            return error;
        }

        return TryFindFirst(call, query.FirstKey, query.Keys, out Key key, out bool isWrongType)
                ? Answer(call, key, query)
            : isWrongType ? Reply.WrongType
            : Reply.NilArray;
    }

    internal static Reply Wait(in CommandCall call)
    {
        if (!PopQuery.TryParse(call.Args, 2, out PopQuery query, out Reply error) ||
            !WaitTimeout.TryParseSeconds(call.Args[1], call.Now, out long milliseconds, out error))
        {
            return error;
        }

        return TryFindFirst(call, query.FirstKey, query.Keys, out Key key, out bool isWrongType)
                ? Answer(call, key, query)
            : isWrongType ? Reply.WrongType
            : WaitOrGiveUp(call, milliseconds);
    }

    private static Reply WaitForOne(in CommandCall call, ListEnd end)
    {
        int last = call.Args.Count - 1;
        if (!WaitTimeout.TryParseSeconds(call.Args[last], call.Now, out long milliseconds, out Reply error))
        {
            return error;
        }

        if (!TryFindFirst(call, 1, last - 1, out Key key, out bool isWrongType))
        {
            return isWrongType ? Reply.WrongType : WaitOrGiveUp(call, milliseconds);
        }

        call.Writer.Array(2);
        call.Writer.Bulk(key.Name);
        ListPops.TryTake(call, key, end);
        return Reply.Written;
    }

    private static Reply WaitOrGiveUp(in CommandCall call, long milliseconds) =>
        call.Retry == CallRetry.TimedOut ? Reply.NilArray : Reply.WaitForKeys(milliseconds, ListRecord.Type);

    /// <summary>Finds the first list that has something. Keys behind it may hold what they like.</summary>
    private static bool TryFindFirst(in CommandCall call, int first, int count, out Key found, out bool isWrongType)
    {
        isWrongType = false;
        found = default;
        for (int i = first; i < first + count; i++)
        {
            isWrongType = !call.TryOpen(call.Args[i], ListRecord.Type, out Key key);
            if (isWrongType)
            {
                return false;
            }

            if (key.Exists)
            {
                found = key;
                return true;
            }
        }

        return false;
    }

    private static Reply Answer(in CommandCall call, Key key, PopQuery query)
    {
        call.Writer.Array(2);
        call.Writer.Bulk(key.Name);
        ListPops.TakeMany(call, key, query.End, query.Count);
        return Reply.Written;
    }

    /// <summary><c>numkeys key [key ...] LEFT | RIGHT [COUNT count]</c>.</summary>
    private readonly record struct PopQuery(int FirstKey, int Keys, ListEnd End, long Count)
    {
        internal static bool TryParse(CommandArgs args, int at, out PopQuery query, out Reply error)
        {
            query = default;
            error = default;
            if (!RedisNumber.TryParseInt64(args[at], out long keys) || keys < 1)
            {
                error = Reply.Error("ERR numkeys should be greater than 0"u8);
                return false;
            }

            long endAt = at + keys + 1;
            if (keys > args.Count || endAt >= args.Count || !ListEnds.TryParse(args[(int)endAt], out ListEnd end))
            {
                error = Reply.SyntaxError;
                return false;
            }

            long count = 1;
            int options = args.Count - (int)endAt - 1;
            if (options > 0)
            {
                ReadOnlySpan<byte> word = args[(int)endAt + 1];
                if (options == 1 || !Ascii.EqualsIgnoreCase(word, "COUNT"u8))
                {
                    error = Reply.SyntaxError;
                }
                else if (!RedisNumber.TryParseInt64(args[(int)endAt + 2], out count) || count < 1)
                {
                    error = Reply.Error("ERR count should be greater than 0"u8);
                }
                else if (options > 2)
                {
                    error = Reply.SyntaxError;
                }
            }

            query = new PopQuery(at + 1, (int)keys, end, count);
            return !error.IsError;
        }
    }
}
