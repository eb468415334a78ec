using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Keys;

/// <summary>DEL, UNLINK, EXISTS, TOUCH, TYPE.</summary>
internal static class KeyExistence
{
    internal static Reply Delete(in CommandCall call)
    {
        long deleted = 0;
        for (int i = 1; i < call.Args.Count; i++)
        {
            Key key = call.Open(call.Args[i]);
            if (key.Delete())
            {
                deleted++;
                call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
            }
        }

        return Reply.Integer(deleted);
    }

    internal static Reply Exists(in CommandCall call)
    {
        long found = 0;
        for (int i = 1; i < call.Args.Count; i++)
        {
            found += call.Open(call.Args[i]).Exists ? 1 : 0;
        }

        return Reply.Integer(found);
    }

    internal static Reply Touch(in CommandCall call)
    {
        long found = 0;
        for (int i = 1; i < call.Args.Count; i++)
        {
            Key key = call.Open(call.Args[i]);
            if (key.Exists)
            {
                found++;
                call.Keyspace.Touch(key);
            }
        }

        return Reply.Integer(found);
    }

    internal static Reply Type(in CommandCall call)
    {
        if (call.Open(call.Args[1]).Type is not KeyType type)
        {
            return Reply.Simple("none"u8);
        }

        call.Writer.Simple(Encoding.UTF8.GetBytes(type.Name));
        return Reply.Written;
    }
}
