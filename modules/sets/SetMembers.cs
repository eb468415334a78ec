using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>SADD, SREM, SMOVE, SISMEMBER, SMISMEMBER, SMEMBERS, SSCAN, SCARD.</summary>
internal static class SetMembers
{
    internal static Reply Add(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long added = 0;
        for (int i = 2; i < call.Args.Count; i++)
        {
            added += key.Put(SetRecord.Kind, call.Args[i], default, SetRecord.Addition) ? 1 : 0;
        }

        if (added > 0)
        {
            call.Keyspace.Notify(KeyspaceEvents.Set, "sadd", key.Name);
        }

        return Reply.Integer(added);
    }

    internal static Reply Remove(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long removed = 0;
        for (int i = 2; i < call.Args.Count; i++)
        {
            removed += key.Remove(SetRecord.Kind, call.Args[i]) ? 1 : 0;
        }

        if (removed > 0)
        {
            NotifyTaken(call, key, "srem");
        }

        return Reply.Integer(removed);
    }

    internal static Reply Move(in CommandCall call)
    {
        ReadOnlySpan<byte> member = call.Args[3];
        bool isSourceFit = call.TryOpen(call.Args[1], SetRecord.Type, out Key source);
        if (isSourceFit && !source.Exists)
        {
            return Reply.Boolean(false);
        }

        bool isDestinationFit = call.TryOpen(call.Args[2], SetRecord.Type, out Key destination);
        if (!isSourceFit || !isDestinationFit)
        {
            return Reply.WrongType;
        }

        bool found = source.TryGet(SetRecord.Kind, member, out _);
        if (!found || source.Name.SequenceEqual(destination.Name))
        {
            return Reply.Boolean(found);
        }

        // Added before it is removed: a node which has only part of the call shows it in both sets and never in none.
        bool added = destination.Put(SetRecord.Kind, member, default, SetRecord.Addition);
        source.Remove(SetRecord.Kind, member);
        NotifyTaken(call, source, "srem");
        if (added)
        {
            call.Keyspace.Notify(KeyspaceEvents.Set, "sadd", destination.Name);
        }

        return Reply.Boolean(true);
    }

    internal static Reply Contains(in CommandCall call) =>
        call.TryOpen(call.Args[1], SetRecord.Type, out Key key)
            ? Reply.Boolean(key.TryGet(SetRecord.Kind, call.Args[2], out _))
            : Reply.WrongType;

    internal static Reply ContainsEach(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], SetRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        call.Writer.Array(call.Args.Count - 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            call.Writer.Integer(key.TryGet(SetRecord.Kind, call.Args[i], out _) ? 1 : 0);
        }

        return Reply.Written;
    }

    internal static Reply All(in CommandCall call) => call.TryOpen(call.Args[1], SetRecord.Type, out Key key)
        ? call.WriteElements(
            key,
            SetRecord.Type,
            static (writer, count) => writer.Set(count),
            static (writer, member, in _) => writer.Bulk(member))
        : Reply.WrongType;

    internal static Reply Scan(in CommandCall call) => ElementScan.Answer(call, SetRecord.Type);

    internal static Reply Count(in CommandCall call) =>
        call.TryOpen(call.Args[1], SetRecord.Type, out Key key)
            ? Reply.Integer(key.Count(SetRecord.Type))
            : Reply.WrongType;

    /// <summary>Tells that members were taken out of a set, and that the set is gone if they were the last.</summary>
    internal static void NotifyTaken(in CommandCall call, Key key, string eventName)
    {
        call.Keyspace.Notify(KeyspaceEvents.Set, eventName, key.Name);
        if (!key.Exists)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        }
    }
}
