using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Hashes;

/// <summary>
/// HINCRBY and HINCRBYFLOAT. They read the value only to check and to answer: what is written is the amount, so that
/// increments on different nodes add up. The field keeps its time to live.
/// </summary>
internal static class HashCounters
{
    internal static Reply IncrementBy(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[3], out long amount))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long current = 0;
        if (key.TryGet(HashRecord.Kind, call.Args[2], out ElementValue value) &&
            !CountedValue.TryReadInteger(value, out current))
        {
            return Reply.Error("ERR hash value is not an integer"u8);
        }

        Int128 total = (Int128)current + amount;
        if (total < long.MinValue || total > long.MaxValue)
        {
            return Reply.Error(RespErrors.Overflow);
        }

        key.Increment(HashRecord.Kind, call.Args[2], new CounterSum((Int128)amount));
        call.Keyspace.Notify(KeyspaceEvents.Hash, "hincrby", key.Name);
        return Reply.Integer((long)total);
    }

    internal static Reply IncrementByFloat(in CommandCall call)
    {
        if (!CounterNumber.TryParse(call.Args[3], out CounterSum amount))
        {
            return Reply.Error(RespErrors.NotFloat);
        }

        if (!double.IsFinite(amount.AsDouble))
        {
            return Reply.Error("ERR value is NaN or Infinity"u8);
        }

        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        CounterSum current = default;
        if (key.TryGet(HashRecord.Kind, call.Args[2], out ElementValue value) &&
            !CountedValue.TryReadNumber(value, out current))
        {
            return Reply.Error("ERR hash value is not a float"u8);
        }

        CounterSum total = current + amount;
        if (!double.IsFinite(total.AsDouble))
        {
            return Reply.Error("ERR increment would produce NaN or Infinity"u8);
        }

        key.Increment(HashRecord.Kind, call.Args[2], amount);
        call.Keyspace.Notify(KeyspaceEvents.Hash, "hincrbyfloat", key.Name);
        Span<byte> scratch = stackalloc byte[CounterNumber.TextBytesMax];
        call.Writer.Bulk(CounterNumber.Format(total, scratch));
        return Reply.Written;
    }
}
