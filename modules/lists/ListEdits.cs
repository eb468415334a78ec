using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Lists;

/// <summary>LSET, LINSERT, LREM and LTRIM.</summary>
internal static class ListEdits
{
    internal static Reply Set(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.Exists)
        {
            return Reply.Error(RespErrors.NoSuchKey);
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long index))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        ElementCursor walk = ListReads.WalkAt(key, index);
        if (!walk.MoveNext())
        {
            return Reply.Error("ERR index out of range"u8);
        }

        key.Amend(ListRecord.Kind, walk.Element, ListValue.Amendment(key.Dot, call.Args[3]));
        call.Keyspace.Notify(KeyspaceEvents.List, "lset", key.Name);
        return Reply.Ok;
    }

    internal static Reply Insert(in CommandCall call)
    {
        bool isAfter = Ascii.EqualsIgnoreCase(call.Args[2], "AFTER"u8);
        if (!isAfter && !Ascii.EqualsIgnoreCase(call.Args[2], "BEFORE"u8))
        {
            return Reply.SyntaxError;
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.Exists)
        {
            return Reply.Integer(0);
        }

        if (Find(key, call.Args[3]) is not { } pivot)
        {
            return Reply.Integer(-1);
        }

        byte[] neighbour = NeighbourOf(key, pivot, isAfter);
        byte[] position = isAfter
            ? ListPosition.Between(pivot, neighbour, key.Dot)
            : ListPosition.Between(neighbour, pivot, key.Dot);
        if (position.Length > ListPosition.BytesMax)
        {
            return Reply.Error("ERR too many inserts between the same two elements; push the list anew"u8);
        }

        ListPush.Put(key, position, call.Args[4]);
        call.Keyspace.Notify(KeyspaceEvents.List, "linsert", key.Name);
        return Reply.Integer(key.Count(ListRecord.Type));
    }

    internal static Reply Remove(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long wanted))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        long most = wanted is 0 or long.MinValue ? long.MaxValue : Math.Abs(wanted);
        long removed = 0;
        ElementCursor walk = ListRecord.WalkFrom(key, wanted < 0 ? ListEnd.Right : ListEnd.Left);
        while (removed < most && walk.MoveNext())
        {
            if (ListRecord.ValueAt(walk).SequenceEqual(call.Args[3]))
            {
                key.RemoveAt(ListRecord.Kind, walk);
                removed++;
            }
        }

        if (removed > 0)
        {
            ListPops.NotifyTaken(call, key, "lrem");
        }

        return Reply.Integer(removed);
    }

    internal static Reply Trim(in CommandCall call)
    {
        if (!ListRange.TryParse(call.Args, out ListRange range))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!call.TryOpen(call.Args[1], ListRecord.Type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.Exists)
        {
            return Reply.Ok;
        }

        long count = key.Count(ListRecord.Type);
        ListRange kept = range.Within(count);
        if (kept.Count == 0)
        {
            key.Delete();
        }
        else
        {
            Drop(key, ListEnd.Left, kept.First);
            Drop(key, ListEnd.Right, count - 1 - kept.Last);
        }

        ListPops.NotifyTaken(call, key, "ltrim");
        return Reply.Ok;
    }

    private static void Drop(Key key, ListEnd end, long count)
    {
        ElementCursor walk = ListRecord.WalkFrom(key, end);
        for (; count > 0 && walk.MoveNext(); count--)
        {
            key.RemoveAt(ListRecord.Kind, walk);
        }
    }

    /// <summary>The position of the first element that holds a value, or null.</summary>
    private static byte[]? Find(Key key, ReadOnlySpan<byte> value)
    {
        ElementCursor walk = ListRecord.WalkFrom(key, ListEnd.Left);
        while (walk.MoveNext())
        {
            if (ListRecord.ValueAt(walk).SequenceEqual(value))
            {
                return walk.Element.ToArray();
            }
        }

        return null;
    }

    /// <summary>The position next to another, empty when that is the last.</summary>
    private static byte[] NeighbourOf(Key key, byte[] position, bool isAfter)
    {
        ElementCursor walk = key.Scan(ListRecord.Kind, position, reverse: !isAfter);
        return walk.MoveNext() && walk.MoveNext() ? walk.Element.ToArray() : [];
    }
}
