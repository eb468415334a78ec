using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Strings;

/// <summary>GETDEL and GETEX: reads that change what stays behind.</summary>
internal static class StringTakes
{
    internal static Reply GetAndDelete(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (!key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            return StringRecord.Missing(key, Reply.Nil);
        }

        CountedValue.Write(call.Writer, value);
        key.Delete();
        call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        return Reply.Written;
    }

    internal static Reply GetAndExpire(in CommandCall call)
    {
        if (!SetOptions.TryParseGetEx(call.Args, out SetOptions options))
        {
            return Reply.SyntaxError;
        }

        Key key = call.Open(call.Args[1]);
        if (!key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            return StringRecord.Missing(key, Reply.Nil);
        }

        long deadline = Cell.NoDeadline;
        if (options.Expiry != ExpiryForm.None &&
            !ExpiryOption.TryRead(call, call.Args[options.ExpiryAt], options.Expiry, out deadline, out Reply error))
        {
            return error;
        }

        CountedValue.Write(call.Writer, value);
        if (options.Persist)
        {
            Persist(call, key);
        }
        else if (deadline <= call.Now)
        {
            key.Delete();
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        }
        else if (options.Expiry != ExpiryForm.None)
        {
            key.SetDeadline(deadline);
            call.Keyspace.Notify(KeyspaceEvents.Generic, "expire", key.Name);
        }

        return Reply.Written;
    }

    private static void Persist(in CommandCall call, Key key)
    {
        if (key.Deadline != Cell.NoDeadline)
        {
            key.SetDeadline(Cell.NoDeadline);
            call.Keyspace.Notify(KeyspaceEvents.Generic, "persist", key.Name);
        }
    }
}
