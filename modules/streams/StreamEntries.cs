using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>XADD, XDEL, XLEN, XSETID, XTRIM.</summary>
internal static class StreamEntries
{
    private static Reply TooSmall =>
        Reply.Error("ERR The ID specified in XADD is equal or smaller than the target stream top item"u8);

    internal static Reply Add(in CommandCall call)
    {
        if (!AddOptions.TryParse(call.Args, out AddOptions options, out Reply error))
        {
            return error;
        }

        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (options.NoMakeStream && !stream.Exists)
        {
            return Reply.Nil;
        }

        StreamId last = stream.LastId;
        if (last == StreamId.Max)
        {
            return Reply.Error("ERR The stream has exhausted the last possible ID, unable to add more items"u8);
        }

        if (!options.Id.TryResolve(stream, last, out StreamId id))
        {
            return TooSmall;
        }

        stream.Append(id, EntryFields.From(call.Args, options.FirstField));
        call.Keyspace.Notify(KeyspaceEvents.Stream, "xadd", stream.Key.Name);
        NotifyTrim(call, stream, stream.Trim(options.Trim));
        EntryFields.Answer(call.Writer, id);
        return Reply.Written;
    }

    internal static Reply Length(in CommandCall call) => StreamKey.TryOpen(call, call.Args[1], out StreamKey stream)
        ? Reply.Integer(stream.Length)
        : Reply.WrongType;

    internal static Reply Delete(in CommandCall call)
    {
        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (!stream.Exists)
        {
            return Reply.Integer(0);
        }

        var ids = new StreamId[call.Args.Count - 2];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!StreamId.TryParse(call.Args[i + 2], 0, out ids[i]))
            {
                return StreamErrors.InvalidId;
            }
        }

        long removed = stream.Remove(ids);
        if (removed > 0)
        {
            call.Keyspace.Notify(KeyspaceEvents.Stream, "xdel", stream.Key.Name);
        }

        return Reply.Integer(removed);
    }

    internal static Reply Trim(in CommandCall call)
    {
        var trim = default(TrimOptions);
        Reply error;
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (!trim.TryTake(call.Args, ref i, out error))
            {
                return error.IsError ? error : Reply.SyntaxError;
            }
        }

        if (!trim.TryComplete(isTrim: true, out error))
        {
            return error;
        }

        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        long removed = stream.Trim(trim);
        NotifyTrim(call, stream, removed);
        return Reply.Integer(removed);
    }

    internal static Reply SetId(in CommandCall call)
    {
        if (!TryParseSetId(call.Args, out StreamId id, out StreamId deleted, out long added, out Reply error))
        {
            return error;
        }

        if (!StreamKey.TryOpen(call, call.Args[1], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (!stream.Exists)
        {
            return Reply.Error(RespErrors.NoSuchKey);
        }

        StreamHead head = stream.Head;
        if (stream.Length > 0 && id < stream.NewestId)
        {
            return Reply.Error("ERR The ID specified in XSETID is smaller than the target stream top item"u8);
        }

        if (stream.Length > 0 && added >= 0 && added < stream.Length)
        {
            return Reply.Error("ERR The entries_added specified in XSETID is smaller than the target stream length"u8);
        }

        stream.SetHead(new StreamHead(
            Math.Max((ulong)call.Now, head.Generation + 1),
            id,
            deleted == StreamId.Zero ? head.DeletedId : deleted,
            added < 0 ? head.Removed : added - stream.Length));
        call.Keyspace.Notify(KeyspaceEvents.Stream, "xsetid", stream.Key.Name);
        return Reply.Ok;
    }

    private static bool TryParseSetId(
        CommandArgs args, out StreamId id, out StreamId deleted, out long added, out Reply error)
    {
        deleted = StreamId.Zero;
        added = -1;
        error = StreamErrors.InvalidId;
        if (!StreamId.TryParse(args[2], 0, out id))
        {
            return false;
        }

        for (int i = 3; i < args.Count; i += 2)
        {
            bool hasMore = i + 1 < args.Count;
            if (hasMore && args[i].Is("ENTRIESADDED"u8))
            {
                bool isNumber = RedisNumber.TryParseInt64(args[i + 1], out added);
                if (!isNumber || added < 0)
                {
                    error = Reply.Error(isNumber ? "ERR entries_added must be positive"u8 : RespErrors.NotInteger);
                    return false;
                }
            }
            else if (hasMore && args[i].Is("MAXDELETEDID"u8))
            {
                if (!StreamId.TryParse(args[i + 1], 0, out deleted))
                {
                    return false;
                }

                if (id < deleted)
                {
                    error = Reply.Error(
                        "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id"u8);
                    return false;
                }
            }
            else
            {
                error = Reply.SyntaxError;
                return false;
            }
        }

        return true;
    }

    private static void NotifyTrim(in CommandCall call, StreamKey stream, long removed)
    {
        if (removed > 0)
        {
            call.Keyspace.Notify(KeyspaceEvents.Stream, "xtrim", stream.Key.Name);
        }
    }
}
