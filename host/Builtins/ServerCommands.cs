using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>Commands about the node as a whole.</summary>
internal sealed class ServerCommands(ServerContext server)
{
    public static Reply KeyCount(in CommandCall call) => Reply.Integer(call.Keyspace.KeyCount);

    /// <summary>Both databases commands mean the same, there is one database; ASYNC and SYNC are the same too, since
    /// nothing is freed before the reply.</summary>
    public static Reply Flush(in CommandCall call)
    {
        bool isWord = call.Args.Count == 1 || Ascii.EqualsIgnoreCase(call.Args[1], "ASYNC"u8) ||
            Ascii.EqualsIgnoreCase(call.Args[1], "SYNC"u8);
        if (!isWord || call.Args.Count > 2)
        {
            return Reply.SyntaxError;
        }

        call.Keyspace.FlushAll();
        return Reply.Ok;
    }

    public Reply Now(in CommandCall call)
    {
        TimeSpan sinceEpoch = server.Time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        long microseconds = sinceEpoch.Ticks / TimeSpan.TicksPerMicrosecond;
        call.Writer.Array(2);
        call.Writer.BulkInteger(microseconds / 1_000_000);
        call.Writer.BulkInteger(microseconds % 1_000_000);
        return Reply.Written;
    }

    /// <summary>Every node takes writes: to a Redis client each is a master without replicas.</summary>
    public static Reply Role(in CommandCall call)
    {
        call.Writer.Array(3);
        call.Writer.Bulk("master"u8);
        call.Writer.Integer(0);
        call.Writer.Array(0);
        return Reply.Written;
    }

    /// <summary>There is one database, which can only be swapped with itself.</summary>
    public static Reply SwapDatabases(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long first))
        {
            return Reply.Error("ERR invalid first DB index"u8);
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long second))
        {
            return Reply.Error("ERR invalid second DB index"u8);
        }

        return first == 0 && second == 0 ? Reply.Ok : Reply.Error("ERR DB index is out of range"u8);
    }

    public static Reply RefuseModule(in CommandCall call) => Reply.Error(
        "ERR modules are chosen in modules.json and loaded at the start; they do not come and go while the node runs"u8);

    public Reply ListModules(in CommandCall call)
    {
        call.Writer.Array(server.Modules.Count);
        foreach (IModule module in server.Modules)
        {
            call.Writer.Map(4);
            call.Writer.Bulk("name"u8);
            call.Writer.Bulk(module.Name);
            call.Writer.Bulk("ver"u8);
            call.Writer.Integer(ModuleVersion.Of(module));
            call.Writer.Bulk("path"u8);
            call.Writer.Bulk(module.GetType().Assembly.Location);
            call.Writer.Bulk("args"u8);
            call.Writer.Array(0);
        }

        return Reply.Written;
    }

    /// <summary>Stops the node in order. NOSAVE loses nothing: what is acknowledged is in the journal.</summary>
    public Reply Shutdown(in CommandCall call)
    {
        HashSet<string> words = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 1; i < call.Args.Count; i++)
        {
            words.Add(Encoding.ASCII.GetString(call.Args[i]));
        }

        bool isAbort = words.Remove("ABORT");
        bool isSave = words.Remove("SAVE");
        bool isNoSave = words.Remove("NOSAVE");
        bool hasOther = words.Remove("NOW") | words.Remove("FORCE");
        if (words.Count > 0 || (isSave && isNoSave) || (isAbort && (isSave || isNoSave || hasOther)))
        {
            return Reply.SyntaxError;
        }

        if (isAbort)
        {
            return Reply.Error("ERR No shutdown in progress."u8);
        }

        server.Lifetime.RequestStop();
        (call.Session as Session)?.CloseAfterReply();
        return Reply.None;
    }
}
