using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Hashes;

/// <summary>HSETEX: writes fields with a time to live, all of them or none.</summary>
internal static class FieldWrites
{
    internal static Reply SetAndExpire(in CommandCall call)
    {
        if (!FieldSetOptions.TryParse(call, out FieldSetOptions options, out Reply error))
        {
            return error;
        }

        if (!call.TryOpen(call.Args[1], HashRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!Allows(call.Args, options, key))
        {
            return Reply.Boolean(false);
        }

        bool isPast = options.Deadline <= call.Now;
        var put = new PutOptions(
            options.Deadline,
            options.KeepDeadline,
            options.IfAbsent ? DotState.LiveIfFirst : DotState.Live);
        for (int i = options.FirstField; i < call.Args.Count; i += 2)
        {
            if (isPast)
            {
                key.Remove(HashRecord.Kind, call.Args[i]);
            }
            else
            {
                key.Put(HashRecord.Kind, call.Args[i], call.Args[i + 1], put);
            }
        }

        call.Keyspace.Notify(KeyspaceEvents.Hash, "hset", key.Name);
        if (isPast)
        {
            HashRecord.NotifyTaken(call, key);
        }
        else if (options.Deadline != Cell.NoDeadline)
        {
            call.Keyspace.Notify(KeyspaceEvents.Hash, "hexpire", key.Name);
        }

        return Reply.Boolean(true);
    }

    private static bool Allows(CommandArgs args, in FieldSetOptions options, Key key)
    {
        if (!options.IfAbsent && !options.IfPresent)
        {
            return true;
        }

        for (int i = options.FirstField; i < args.Count; i += 2)
        {
            if (key.TryGet(HashRecord.Kind, args[i], out _) != options.IfPresent)
            {
                return false;
            }
        }

        return true;
    }
}
