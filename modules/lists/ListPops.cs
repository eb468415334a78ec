using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Lists;

/// <summary>LPOP and RPOP.</summary>
internal static class ListPops
{
    internal static Reply Left(in CommandCall call) => Pop(call, ListEnd.Left);

    internal static Reply Right(in CommandCall call) => Pop(call, ListEnd.Right);

    /// <summary>Takes an element from an end and writes it.</summary>
    /// <returns>False when there is none.</returns>
    internal static bool TryTake(in CommandCall call, Key key, ListEnd end)
    {
        ElementCursor walk = ListRecord.WalkFrom(key, end);
        if (!walk.MoveNext())
        {
            return false;
        }

        call.Writer.Bulk(ListRecord.ValueAt(walk));
        key.RemoveAt(ListRecord.Kind, walk);
        NotifyTaken(call, key, end.PopEvent());
        return true;
    }

    /// <summary>Takes elements from an end of an existing list and writes an array of them.</summary>
    internal static void TakeMany(in CommandCall call, Key key, ListEnd end, long wanted)
    {
        long count = key.Count(ListRecord.Type);
        call.Writer.Array(Math.Min(wanted, count));
        ElementCursor walk = ListRecord.WalkFrom(key, end);
        for (long left = Math.Min(wanted, count); left > 0 && walk.MoveNext(); left--)
        {
            call.Writer.Bulk(ListRecord.ValueAt(walk));
            if (wanted < count)
            {
                key.RemoveAt(ListRecord.Kind, walk);
            }
        }

        if (wanted >= count)
        {
            key.Delete();
        }

        NotifyTaken(call, key, end.PopEvent());
    }

    /// <summary>Tells that elements were taken out of a list, and that the list is gone if they were the last.</summary>
    internal static void NotifyTaken(in CommandCall call, Key key, string eventName)
    {
        call.Keyspace.Notify(KeyspaceEvents.List, eventName, key.Name);
        if (!key.Exists)
        {
            call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
        }
    }

    private static Reply Pop(in CommandCall call, ListEnd end)
    {
        if (call.Args.Count > 3)
        {
            return Reply.Error($"ERR wrong number of arguments for '{end.PopEvent()}' command");
        }

        if (call.Args.Count == 3)
        {
            return PopMany(call, end);
        }

        return !call.TryOpen(call.Args[1], ListRecord.Type, out Key key) ? Reply.WrongType
            : TryTake(call, key, end) ? Reply.Written
            : Reply.Nil;
    }

    private static Reply PopMany(in CommandCall call, ListEnd end)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long wanted) || wanted < 0)
        {
            return Reply.Error(RespErrors.NotPositive);
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.Exists)
        {
            return Reply.NilArray;
        }

        if (wanted == 0)
        {
            return Reply.EmptyArray;
        }

        TakeMany(call, key, end, wanted);
        return Reply.Written;
    }
}
