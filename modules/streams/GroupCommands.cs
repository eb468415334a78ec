using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>The subcommands of XGROUP.</summary>
internal static class GroupCommands
{
    private static Reply NoKey => Reply.Error(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the "u8 +
        "MKSTREAM option to create an empty stream automatically."u8);

    internal static Reply Create(in CommandCall call)
    {
        if (!TryParse(call, out bool makesStream, out long entriesRead, out Reply error))
        {
            return error;
        }

        if (!StreamKey.TryOpen(call, call.Args[2], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (!stream.Exists && !makesStream)
        {
            return NoKey;
        }

        if (!TryParseStart(stream, call.Args[4], out StreamId start))
        {
            return StreamErrors.InvalidId;
        }

        if (stream.Key.TryGet(StreamRecords.Group, call.Args[3], out _))
        {
            return Reply.Error("BUSYGROUP Consumer Group name already exists"u8);
        }

        stream.Create();
        StreamGroup.Set(stream.Key, call.Args[3], start, entriesRead);
        return Done(call, stream, "xgroup-create", Reply.Ok);
    }

    internal static Reply SetId(in CommandCall call)
    {
        if (!TryParse(call, out _, out long entriesRead, out Reply error) ||
            !TryOpen(call, out StreamKey stream, out _, out error))
        {
            return error;
        }

        ReadOnlySpan<byte> id = call.Args[4];
        StreamId start = id.SequenceEqual("+"u8) ? StreamId.Max : StreamId.Zero;
        if (!id.SequenceEqual("-"u8) && !id.SequenceEqual("+"u8) && !TryParseStart(stream, id, out start))
        {
            return StreamErrors.InvalidId;
        }

        StreamGroup.Set(stream.Key, call.Args[3], start, entriesRead);
        return Done(call, stream, "xgroup-setid", Reply.Ok);
    }

    internal static Reply Destroy(in CommandCall call)
    {
        if (!StreamKey.TryOpen(call, call.Args[2], out StreamKey stream))
        {
            return Reply.WrongType;
        }

        if (!stream.Exists)
        {
            return NoKey;
        }

        if (StreamGroup.Find(stream.Key, call.Args[3]) is not { } group)
        {
            return Reply.Integer(0);
        }

        group.Destroy(stream.Key);
        return Done(call, stream, "xgroup-destroy", Reply.Integer(1));
    }

    internal static Reply CreateConsumer(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out StreamGroup? group, out Reply error))
        {
            return error;
        }

        if (StreamConsumer.Find(stream.Key, group!, call.Args[4]) is not null)
        {
            return Reply.Integer(0);
        }

        StreamConsumer.Of(call, stream, group!, call.Args[4]);
        return Reply.Integer(1);
    }

    internal static Reply DeleteConsumer(in CommandCall call)
    {
        if (!TryOpen(call, out StreamKey stream, out StreamGroup? group, out Reply error))
        {
            return error;
        }

        return StreamConsumer.Find(stream.Key, group!, call.Args[4]) is { } consumer
            ? Done(call, stream, "xgroup-delconsumer", Reply.Integer(consumer.Delete(stream.Key, group!)))
            : Reply.Integer(0);
    }

    private static Reply Done(in CommandCall call, StreamKey stream, string eventName, Reply reply)
    {
        call.Keyspace.Notify(KeyspaceEvents.Stream, eventName, stream.Key.Name);
        return reply;
    }

    /// <summary>Opens a stream that must be there, with a group that must be there.</summary>
    private static bool TryOpen(
        scoped in CommandCall call, out StreamKey stream, out StreamGroup? group, out Reply error)
    {
        group = null;
        if (!StreamKey.TryOpen(call, call.Args[2], out stream))
        {
            error = Reply.WrongType;
            return false;
        }

        group = stream.Exists ? StreamGroup.Find(stream.Key, call.Args[3]) : null;
        error = !stream.Exists ? NoKey
            : group is null ? StreamErrors.NoGroup(call.Args[2], call.Args[3])
            : default;
        return !error.IsError;
    }

    private static bool TryParseStart(StreamKey stream, ReadOnlySpan<byte> text, out StreamId start)
    {
        if (!text.SequenceEqual("$"u8))
        {
            return StreamId.TryParse(text, 0, out start);
        }

        start = stream.LastId;
        return true;
    }

    /// <summary>Reads the options of XGROUP CREATE and XGROUP SETID.</summary>
    private static bool TryParse(in CommandCall call, out bool makesStream, out long entriesRead, out Reply error)
    {
        bool isCreate = call.Args[1].Is("CREATE"u8);
        makesStream = false;
        entriesRead = StreamGroup.UnknownRead;
        error = default;
        for (int i = 5; i < call.Args.Count && !error.IsError; i++)
        {
            if (isCreate && call.Args[i].Is("MKSTREAM"u8))
            {
                makesStream = true;
            }
            else if (call.Args[i].Is("ENTRIESREAD"u8) && i + 1 < call.Args.Count)
            {
                error = !RedisNumber.TryParseInt64(call.Args[++i], out entriesRead)
                    ? Reply.Error(RespErrors.NotInteger)
                    : entriesRead < StreamGroup.UnknownRead
                        ? Reply.Error("ERR value for ENTRIESREAD must be positive or -1"u8)
                        : default;
            }
            else
            {
                error = Reply.Error((byte[])
                [
                    .. "ERR unknown subcommand or wrong number of arguments for '"u8, .. call.Args[1],
                    .. "'. Try XGROUP HELP."u8,
                ]);
            }
        }

        return !error.IsError;
    }
}
