using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>DUMP and RESTORE.</summary>
internal static class KeyDumps
{
    internal static Reply Dump(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        if (key.Type is not KeyType type)
        {
            return Reply.Nil;
        }

        if (type.Rdb is null)
        {
            return Reply.Error($"ERR values of type {type.Name} cannot be dumped");
        }

        var writer = new RdbWriter();
        type.Rdb.Write(key, writer);
        return Reply.Bulk(RdbPayload.Seal(writer));
    }

    internal static Reply Restore(in CommandCall call)
    {
        if (!RestoreOptions.TryParse(call.Args, out RestoreOptions options, out Reply error))
        {
            return error;
        }

        Key key = call.Open(call.Args[1]);
        if (key.Exists && !options.Replace)
        {
            return Reply.Error("BUSYKEY Target key name already exists."u8);
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long timeToLive))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (timeToLive < 0)
        {
            return Reply.Error("ERR Invalid TTL value, must be >= 0"u8);
        }

        if (!RdbPayload.TryOpen(call.Args[3], out ReadOnlySpan<byte> payload))
        {
            return Reply.Error("ERR DUMP payload version or checksum are wrong"u8);
        }

        bool existed = key.Delete();
        if (!TryRead(call, payload, key))
        {
            // What was deleted and written is taken back, as of any call that answers an error.
            return Reply.Error("ERR Bad data format"u8);
        }

        long deadline = timeToLive == 0 ? Cell.NoDeadline
            : options.IsAbsolute ? Math.Min(timeToLive, long.MaxValue - 1)
            : timeToLive > long.MaxValue - 1 - call.Now ? long.MaxValue - 1
            : call.Now + timeToLive;
        if (deadline <= call.Now)
        {
            key.Delete();
            if (existed)
            {
                call.Keyspace.Notify(KeyspaceEvents.Generic, "del", key.Name);
            }

            return Reply.Ok;
        }

        if (deadline != Cell.NoDeadline)
        {
            key.SetDeadline(deadline);
        }

        call.Keyspace.Touch(key, options.IdleMilliseconds);
        call.Keyspace.Notify(KeyspaceEvents.Generic, "restore", key.Name);
        return Reply.Ok;
    }

    private static bool TryRead(in CommandCall call, ReadOnlySpan<byte> payload, Key key)
    {
        if (payload.IsEmpty || FormOf(call.Keyspace.Types, payload[0]) is not RdbForm form)
        {
            return false;
        }

        try
        {
            var reader = new RdbReader(payload[1..]);
            form.Read(payload[0], ref reader, key);
            return reader.Remaining == 0 && key.Exists;
        }
        catch (RecordFormatException)
        {
            return false;
        }
    }

    private static RdbForm? FormOf(IReadOnlyList<KeyType> types, byte valueType)
    {
        foreach (KeyType type in types)
        {
            if (type.Rdb is RdbForm form && form.ValueTypes.Contains(valueType))
            {
                return form;
            }
        }

        return null;
    }
}
