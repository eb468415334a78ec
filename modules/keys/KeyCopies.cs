using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>RENAME, RENAMENX, COPY. The destination is written before the source goes, so that a node which has only
/// part of the call shows both and never neither.</summary>
internal static class KeyCopies
{
    /// <summary>There is one database, so there is nowhere to move to.</summary>
    internal static Reply Move(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long database) ||
            database is > int.MaxValue or < int.MinValue)
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        return database == 0
            ? Reply.Error("ERR source and destination objects are the same"u8)
            : Reply.Error("ERR DB index is out of range"u8);
    }

    internal static Reply Rename(in CommandCall call)
    {
        Move(call, onlyIfAbsent: false, out bool found);
        return found ? Reply.Ok : Reply.Error(RespErrors.NoSuchKey);
    }

    internal static Reply RenameIfAbsent(in CommandCall call)
    {
        bool moved = Move(call, onlyIfAbsent: true, out bool found);
        return found ? Reply.Boolean(moved) : Reply.Error(RespErrors.NoSuchKey);
    }

    /// <summary>Whether COPY looks at its destination before it writes.</summary>
    internal static bool IsConditional(CommandArgs args)
    {
        for (int i = 3; i < args.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(args[i], "REPLACE"u8))
            {
                return false;
            }
        }

        return true;
    }

    internal static Reply Copy(in CommandCall call)
    {
        bool replace = false;
        for (int i = 3; i < call.Args.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(call.Args[i], "REPLACE"u8))
            {
                replace = true;
            }
            else if (!Ascii.EqualsIgnoreCase(call.Args[i], "DB"u8) || i + 1 >= call.Args.Count)
            {
                return Reply.SyntaxError;
            }
            else if (!RedisNumber.TryParseInt64(call.Args[++i], out long database) ||
                database is < int.MinValue or > int.MaxValue)
            {
                return Reply.Error(RespErrors.NotInteger);
            }
            else if (database != 0)
            {
                return Reply.Error("ERR DB index is out of range"u8);
            }
        }

        Key source = call.Open(call.Args[1]);
        Key destination = call.Open(call.Args[2]);
        if (source.Name.SequenceEqual(destination.Name))
        {
            return Reply.Error("ERR source and destination objects are the same"u8);
        }

        if (!source.Exists || (destination.Exists && !replace))
        {
            return Reply.Boolean(false);
        }

        destination.Delete();
        source.CopyTo(destination);
        call.Keyspace.Notify(KeyspaceEvents.Generic, "copy_to", destination.Name);
        return Reply.Boolean(true);
    }

    /// <summary>Moves a key's content.</summary>
    /// <param name="call">The call.</param>
    /// <param name="onlyIfAbsent">Not when the destination exists.</param>
    /// <param name="found">Whether the source exists.</param>
    /// <returns>Whether anything moved.</returns>
    private static bool Move(in CommandCall call, bool onlyIfAbsent, out bool found)
    {
        Key source = call.Open(call.Args[1]);
        Key destination = call.Open(call.Args[2]);
        found = source.Exists;
        if (!found || source.Name.SequenceEqual(destination.Name) || (onlyIfAbsent && destination.Exists))
        {
            return false;
        }

        destination.Delete();
        source.CopyTo(destination);
        source.Delete();
        call.Keyspace.Notify(KeyspaceEvents.Generic, "rename_from", source.Name);
        call.Keyspace.Notify(KeyspaceEvents.Generic, "rename_to", destination.Name);
        return true;
    }
}
