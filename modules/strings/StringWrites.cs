using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Strings;

/// <summary>SET and its older relatives SETNX, SETEX, PSETEX, GETSET, MSET, MSETNX.</summary>
internal static class StringWrites
{
    internal static Reply Set(in CommandCall call)
    {
        if (call.Args.Count > 3)
        {
            return SetWithOptions(call);
        }

        Store(call, call.Open(call.Args[1]), call.Args[2], default);
        return Reply.Ok;
    }

    internal static Reply SetIfAbsent(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (key.Exists)
        {
            return Reply.Boolean(false);
        }

        Store(call, key, call.Args[2], new PutOptions(state: DotState.LiveIfFirst));
        return Reply.Boolean(true);
    }

    internal static Reply SetWithSeconds(in CommandCall call) => SetWithExpiry(call, ExpiryForm.Seconds);

    internal static Reply SetWithMilliseconds(in CommandCall call) => SetWithExpiry(call, ExpiryForm.Milliseconds);

    internal static Reply GetAndSet(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (!TryWriteOld(call, key))
        {
            return Reply.WrongType;
        }

        Store(call, key, call.Args[2], default);
        return Reply.Written;
    }

    internal static Reply SetMany(in CommandCall call)
    {
        if (call.Args.Count % 2 == 0)
        {
            return UnpairedError(call);
        }

        for (int i = 1; i < call.Args.Count; i += 2)
        {
            Store(call, call.Open(call.Args[i]), call.Args[i + 1], default);
        }

        return Reply.Ok;
    }

    internal static Reply SetManyIfAbsent(in CommandCall call)
    {
        if (call.Args.Count % 2 == 0)
        {
            return UnpairedError(call);
        }

        for (int i = 1; i < call.Args.Count; i += 2)
        {
            if (call.Open(call.Args[i]).Exists)
            {
                return Reply.Boolean(false);
            }
        }

        for (int i = 1; i < call.Args.Count; i += 2)
        {
            Store(call, call.Open(call.Args[i]), call.Args[i + 1], new PutOptions(state: DotState.LiveIfFirst));
        }

        return Reply.Boolean(true);
    }

    private static Reply SetWithOptions(in CommandCall call)
    {
        if (!SetOptions.TryParseSet(call.Args, out SetOptions options))
        {
            return Reply.SyntaxError;
        }

        long deadline = Cell.NoDeadline;
        bool expires = options.Expiry != ExpiryForm.None;
        if (expires &&
            !ExpiryOption.TryRead(call, call.Args[options.ExpiryAt], options.Expiry, out deadline, out Reply error))
        {
            return error;
        }

        Key key = call.Open(call.Args[1]);
        if (options.ReturnOld && !TryWriteOld(call, key))
        {
            return Reply.WrongType;
        }

        if ((options.IfAbsent && key.Exists) || (options.IfPresent && !key.Exists))
        {
            return options.ReturnOld ? Reply.Written : Reply.Nil;
        }

        DotState state = options.IfAbsent ? DotState.LiveIfFirst : DotState.Live;
        Store(call, key, call.Args[2], new PutOptions(deadline, options.KeepDeadline, state), expires);
        return options.ReturnOld ? Reply.Written : Reply.Ok;
    }

    private static Reply SetWithExpiry(in CommandCall call, ExpiryForm form)
    {
        if (!ExpiryOption.TryRead(call, call.Args[2], form, out long deadline, out Reply error))
        {
            return error;
        }

        Store(call, call.Open(call.Args[1]), call.Args[3], new PutOptions(deadline), expires: true);
        return Reply.Ok;
    }

    /// <summary>Writes the old value to the answer, before the new one takes its place.</summary>
    /// <returns>False when the key holds another type.</returns>
    private static bool TryWriteOld(in CommandCall call, Key key)
    {
        if (key.TryGet(StringRecord.Kind, default, out ElementValue old))
        {
            CountedValue.Write(call.Writer, old);
            return true;
        }

        call.Writer.Nil();
        return !key.Exists;
    }

    private static void Store(
        in CommandCall call, Key key, ReadOnlySpan<byte> text, PutOptions options, bool expires = false)
    {
        StringRecord.DropOtherType(key);
        key.Put(StringRecord.Kind, default, text, options);
        call.Keyspace.Notify(KeyspaceEvents.String, "set", key.Name);
        if (expires)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "expire", key.Name);
        }
    }

    private static Reply UnpairedError(in CommandCall call) =>
        Reply.Error($"ERR wrong number of arguments for '{call.Command.Name.ToLowerInvariant()}' command");
}
