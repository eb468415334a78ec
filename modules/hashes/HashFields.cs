using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>HSET, HMSET, HSETNX, HGET, HMGET, HDEL, HEXISTS, HSTRLEN, HLEN.</summary>
internal static class HashFields
{
    internal static Reply Set(in CommandCall call) =>
        TrySet(call, out long added, out Reply error) ? Reply.Integer(added) : error;

    internal static Reply SetMany(in CommandCall call) => TrySet(call, out _, out Reply error) ? Reply.Ok : error;

    internal static Reply SetIfAbsent(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (key.TryGet(HashRecord.Kind, call.Args[2], out _))
        {
            return Reply.Boolean(false);
        }

        key.Put(HashRecord.Kind, call.Args[2], call.Args[3], new PutOptions(state: DotState.LiveIfFirst));
        call.Keyspace.Notify(KeyspaceEvents.Hash, "hset", key.Name);
        return Reply.Boolean(true);
    }

    internal static Reply Get(in CommandCall call) =>
        !call.TryOpen(call.Args[1], HashRecord.Type, out Key key) ? Reply.WrongType
            : key.TryGet(HashRecord.Kind, call.Args[2], out ElementValue value) ? CountedValue.Answer(call, value)
            : Reply.Nil;

    internal static Reply GetMany(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        call.Writer.Array(call.Args.Count - 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            TryWriteValue(call, key, call.Args[i]);
        }

        return Reply.Written;
    }

    internal static Reply Remove(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long removed = 0;
        for (int i = 2; i < call.Args.Count; i++)
        {
            removed += key.Remove(HashRecord.Kind, call.Args[i]) ? 1 : 0;
        }

        if (removed > 0)
        {
            HashRecord.NotifyTaken(call, key);
        }

        return Reply.Integer(removed);
    }

    internal static Reply Contains(in CommandCall call) =>
        call.TryOpen(call.Args[1], HashRecord.Type, out Key key)
            ? Reply.Boolean(key.TryGet(HashRecord.Kind, call.Args[2], out _))
            : Reply.WrongType;

    internal static Reply Length(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        return key.TryGet(HashRecord.Kind, call.Args[2], out ElementValue value)
            ? Reply.Integer(CountedValue.Read(value, scratch).Length)
            : Reply.Integer(0);
    }

    internal static Reply Count(in CommandCall call) =>
        call.TryOpen(call.Args[1], HashRecord.Type, out Key key)
            ? Reply.Integer(key.Count(HashRecord.Type))
            : Reply.WrongType;

    /// <summary>Writes the value of a field, or nil.</summary>
    /// <returns>False when there is no such field.</returns>
    internal static bool TryWriteValue(in CommandCall call, Key key, ReadOnlySpan<byte> field)
    {
        if (!key.TryGet(HashRecord.Kind, field, out ElementValue value))
        {
            call.Writer.Nil();
            return false;
        }

        CountedValue.Write(call.Writer, value);
        return true;
    }

    private static bool TrySet(scoped in CommandCall call, out long added, out Reply error)
    {
        added = 0;
        error = default;
        if (call.Args.Count % 2 != 0)
        {
            error = FieldArguments.ArityError(call);
            return false;
        }

        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            error = Reply.WrongType;
            return false;
        }

        for (int i = 2; i < call.Args.Count; i += 2)
        {
            added += key.Put(HashRecord.Kind, call.Args[i], call.Args[i + 1]) ? 1 : 0;
        }

        call.Keyspace.Notify(KeyspaceEvents.Hash, "hset", key.Name);
        return true;
    }
}
