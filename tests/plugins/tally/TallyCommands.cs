using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.TestPlugin.Tally;

/// <summary>The handlers of a tally.</summary>
internal static class TallyCommands
{
    public static Reply Add(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[3], out long amount))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!call.TryOpen(call.Args[1], TallyModule.Type, out Key key))
        {
            return Reply.WrongType;
        }

        key.Increment(TallyModule.Kind, call.Args[2], new CounterSum((Int128)amount));
        return Reply.Integer(CountOf(key, call.Args[2]));
    }

    public static Reply Get(in CommandCall call) => call.TryOpen(call.Args[1], TallyModule.Type, out Key key)
        ? Reply.Integer(CountOf(key, call.Args[2]))
        : Reply.WrongType;

    public static Reply Length(in CommandCall call) => call.TryOpen(call.Args[1], TallyModule.Type, out Key key)
        ? Reply.Integer(key.Count(TallyModule.Type))
        : Reply.WrongType;

    /// <summary>Takes the first name with its count: an array of both, or nothing.</summary>
    public static Reply Pop(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], TallyModule.Type, out Key key))
        {
            return Reply.WrongType;
        }

        return TryPop(call, key) ? Reply.Written : Reply.NilArray;
    }

    /// <summary>As POP, but waits up to some seconds for a name.</summary>
    public static Reply BlockingPop(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long seconds) || seconds < 0)
        {
            return Reply.Error("ERR timeout is not an integer or out of range"u8);
        }

        // A waiter ignores keys of other types that come in the meantime, as BLPOP does.
        bool isTally = call.TryOpen(call.Args[1], TallyModule.Type, out Key key);
        if (!isTally && call.Retry == CallRetry.None)
        {
            return Reply.WrongType;
        }

        if (isTally && TryPop(call, key))
        {
            return Reply.Written;
        }

        return call.Retry == CallRetry.TimedOut || call.Session.InTransaction
            ? Reply.NilArray
            : Reply.WaitForKeys(seconds * 1000);
    }

    private static bool TryPop(in CommandCall call, Key key)
    {
        if (!key.Exists)
        {
            return false;
        }

        ElementCursor cursor = key.Scan(TallyModule.Kind);
        if (!cursor.MoveNext())
        {
            return false;
        }

        byte[] name = cursor.Element.ToArray();
        call.Writer.Array(2);
        call.Writer.Bulk(name);
        call.Writer.Integer(CountOf(key, name));
        return key.Remove(TallyModule.Kind, name);
    }

    private static long CountOf(Key key, ReadOnlySpan<byte> name) =>
        key.TryGet(TallyModule.Kind, name, out ElementValue value) ? (long)value.CounterWorth.AsDouble : 0;
}
