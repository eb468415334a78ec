using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Rdb;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Builtins;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Debugging;

/// <summary>The subcommands of DEBUG that look at keys or change all of them.</summary>
internal sealed class DebugData(ServerContext server)
{
    /// <summary>One line about a key, in Redis's form. There is no address to show.</summary>
    public static Reply Describe(in CommandCall call)
    {
        Key key = call.Open(call.Args[2]);
        if (key.Type is not KeyType type)
        {
            return Reply.Error("ERR no such key"u8);
        }

        var writer = new RdbWriter();
        type.Rdb?.Write(key, writer);
        long idle = call.Keyspace.IdleMilliseconds(key) / 1000;
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"Value at:0x0 refcount:1 encoding:{type.Encoding(key)} serializedlength:{Math.Max(0, writer.Written.Length - 1)} ");
        return Reply.Simple(Encoding.ASCII.GetBytes(line + string.Create(
            CultureInfo.InvariantCulture,
            $"lru:{(call.Now / 1000) - idle} lru_seconds_idle:{idle}")));
    }

    public static Reply DigestOfValues(in CommandCall call)
    {
        Span<byte> digest = stackalloc byte[KeyDigest.Bytes];
        call.Writer.Array(call.Args.Count - 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            digest.Clear();
            if (!KeyDigest.TryAdd(call.Open(call.Args[i]), withName: false, digest))
            {
                return Reply.Error(NotDumped);
            }

            call.Writer.Simple(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest)));
        }

        return Reply.Written;
    }

    /// <summary>Only a collection has a table of its own.</summary>
    public static Reply TableOfKey(in CommandCall call)
    {
        Key key = call.Open(call.Args[2]);
        if (key.Type is not KeyType type)
        {
            return Reply.Error("ERR no such key"u8);
        }

        if (type.IsSingle)
        {
            return Reply.Error(
                "ERR The value stored at the specified key is not represented using an hash table"u8);
        }

        call.Writer.Verbatim(
            Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"[Element tree]\n number of elements: {key.Count(type)}\n")),
            "txt"u8);
        return Reply.Written;
    }

    /// <summary>There is one way to keep a value, and no listpack in it.</summary>
    public static Reply Listpack(in CommandCall call) => call.Open(call.Args[2]).Exists
        ? Reply.Error("ERR Not a listpack encoded object."u8)
        : Reply.Error("ERR no such key"u8);

    public Reply Digest(in CommandCall call) => Later(call, DigestAsync);

    public Reply Populate(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long count) || count < 0)
        {
            return Reply.Error("ERR value is out of range, must be positive"u8);
        }

        long length = -1;
        if (call.Args.Count > 4 && (!RedisNumber.TryParseInt64(call.Args[4], out length) || length < 0))
        {
            return Reply.Error("ERR value is out of range, must be positive"u8);
        }

        if (server.Table.Find("SET"u8) is not { } set)
        {
            return Reply.Error("ERR DEBUG POPULATE needs the command SET, which no loaded module brings"u8);
        }

        byte[] prefix = call.Args.Count > 3 ? call.Args[3].ToArray() : "key"u8.ToArray();
        return Later(call, () => PopulateAsync(set.Spec, count, prefix, length));
    }

    /// <summary>Writes everything to the store and lets go of it, so that whatever is read next comes from there.
    /// </summary>
    public Reply Reload(in CommandCall call) => call.Args.Count > 2
        ? Reply.Error("ERR there is no RDB file to load: DEBUG RELOAD takes no options"u8)
        : Later(call, ReloadAsync);

    private static ReadOnlySpan<byte> NotDumped => "ERR a value is of a type that cannot be dumped"u8;

    /// <summary>Takes the reply from work that other calls do; a transaction cannot wait for it.</summary>
    private static Reply Later(in CommandCall call, Func<Task<byte[]>> work)
    {
        if (call.Session.InTransaction)
        {
            return Reply.Error("ERR Command not allowed inside a transaction"u8);
        }

        ((Session)call.Session).ReplyLater(work());
        return Reply.None;
    }

    private static async Task<byte[]> GuardAsync(Func<Task<byte[]>> work)
    {
        try
        {
            return await Task.Run(work);
        }
        catch (Exception e) when (e is StorageException or IOException or ObjectDisposedException)
        {
            return [.. "-"u8, .. RespErrors.StorageFailed, .. "\r\n"u8];
        }
    }

    private Task<byte[]> ReloadAsync() => GuardAsync(async () =>
    {
        await server.Keyspace.ReloadAsync();
        return "+OK\r\n"u8.ToArray();
    });

    private Task<byte[]> PopulateAsync(CommandSpec set, long count, byte[] prefix, long length) => GuardAsync(
        async () =>
        {
            var calls = new InnerCalls(server.Keyspace);
            for (long i = 0; i < count; i++)
            {
                byte[] number = Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture));
                byte[] value = [.. "value:"u8, .. number];
                if (length >= 0)
                {
                    Array.Resize(ref value, checked((int)length));
                }

                byte[] reply = await calls.RunAsync(
                    set, "SET"u8.ToArray(), [.. prefix, (byte)':', .. number], value, "NX"u8.ToArray());
                if (reply[0] == (byte)'-')
                {
                    return reply;
                }
            }

            return "+OK\r\n"u8.ToArray();
        });

    private Task<byte[]> DigestAsync() => GuardAsync(async () =>
        await new DatasetDigest(server.Keyspace).ComputeAsync() is { } digest
            ? Encoding.ASCII.GetBytes($"+{Convert.ToHexStringLower(digest)}\r\n")
            : [.. "-"u8, .. NotDumped, .. "\r\n"u8]);
}
