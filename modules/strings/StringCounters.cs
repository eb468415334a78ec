using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Strings;

/// <summary>
/// INCR, INCRBY, DECR, DECRBY, INCRBYFLOAT. They read the value only to check and to answer: what is written is the
/// amount, so that increments on different nodes add up.
/// </summary>
internal static class StringCounters
{
    internal static Reply Increment(in CommandCall call) => Add(call, 1);

    internal static Reply Decrement(in CommandCall call) => Add(call, -1);

    internal static Reply IncrementBy(in CommandCall call) =>
        RedisNumber.TryParseInt64(call.Args[2], out long amount)
            ? Add(call, amount)
            : Reply.Error(RespErrors.NotInteger);

    internal static Reply DecrementBy(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long amount))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        return amount == long.MinValue ? Reply.Error("ERR decrement would overflow"u8) : Add(call, -amount);
    }

    internal static Reply IncrementByFloat(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        CounterSum current = default;
        bool found = key.TryGet(StringRecord.Kind, default, out ElementValue value);
        if (!found && key.Exists)
        {
            return Reply.WrongType;
        }

        if ((found && !CountedValue.TryReadNumber(value, out current)) ||
            !CounterNumber.TryParse(call.Args[2], out CounterSum amount))
        {
            return Reply.Error(RespErrors.NotFloat);
        }

        CounterSum total = current + amount;
        if (!double.IsFinite(total.AsDouble))
        {
            return Reply.Error("ERR increment would produce NaN or Infinity"u8);
        }

        key.Increment(StringRecord.Kind, default, amount);
        call.Keyspace.Notify(KeyspaceEvents.String, "incrbyfloat", key.Name);
        Span<byte> scratch = stackalloc byte[CounterNumber.TextBytesMax];
        call.Writer.Bulk(CounterNumber.Format(total, scratch));
        return Reply.Written;
    }

    private static Reply Add(in CommandCall call, long amount)
    {
        Key key = call.Open(call.Args[1]);
        long current = 0;
        if (key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            if (!CountedValue.TryReadInteger(value, out current))
            {
                return Reply.Error(RespErrors.NotInteger);
            }
        }
        else if (key.Exists)
        {
            return Reply.WrongType;
        }

        Int128 total = (Int128)current + amount;
        if (total < long.MinValue || total > long.MaxValue)
        {
            return Reply.Error(RespErrors.Overflow);
        }

        key.Increment(StringRecord.Kind, default, new CounterSum((Int128)amount));
        call.Keyspace.Notify(KeyspaceEvents.String, "incrby", key.Name);
        return Reply.Integer((long)total);
    }
}
