using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Debugging;

/// <summary>The subcommands of DEBUG that are about the node and not about its keys.</summary>
internal sealed class DebugSwitches(ServerContext server, ILogger logger)
{
    // So long that nobody means it, and short enough for any timer.
    private const double SleepSecondsMax = 24 * 3600;

    public static Reply Fail(in CommandCall call) => Reply.Error(call.Args[2]);

    public static Reply MatchPattern(in CommandCall call) =>
        Reply.Boolean(GlobPattern.Matches(call.Args[2], call.Args[3]));

    /// <summary>Lists do not consist of packed nodes here; the number is checked and has no effect.</summary>
    public static Reply PackedThreshold(in CommandCall call)
    {
        bool isSize = ProviderSettings.TryParseBytes(Encoding.ASCII.GetString(call.Args[2]), out long bytes);
        return isSize && bytes is >= 0 and < 4L << 30
            ? Reply.Ok
            : Reply.Error("ERR argument must be a memory value bigger than 1 and smaller than 4gb"u8);
    }

    /// <summary>Reply buffers do not shrink by the clock here; the words are checked and have no effect.</summary>
    public static Reply ReplyBuffer(in CommandCall call)
    {
        ReadOnlySpan<byte> value = call.Args[3];
        if (Ascii.EqualsIgnoreCase(call.Args[2], "RESIZING"u8))
        {
            return Reply.Ok;
        }

        if (!Ascii.EqualsIgnoreCase(call.Args[2], "PEAK-RESET-TIME"u8))
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        bool isTime = Ascii.EqualsIgnoreCase(value, "NEVER"u8) || Ascii.EqualsIgnoreCase(value, "RESET"u8) ||
            RedisNumber.TryParseInt64(value, out _);
        return isTime ? Reply.Ok : Reply.Error(RespErrors.NotInteger);
    }

    /// <summary>What would end or harm the process is not done, whoever asks.</summary>
    public static Reply Refuse(in CommandCall call) => Reply.Error(
        "ERR this server does not crash or restart itself; end the process from outside, it loses nothing"u8);

    /// <summary>Stops the node for a while: the call has entered the whole keyspace, and nobody else does meanwhile.
    /// </summary>
    public Reply Sleep(in CommandCall call)
    {
        bool isNumber = double.TryParse(
            Encoding.ASCII.GetString(call.Args[2]), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        if (!isNumber || seconds is not (>= 0 and <= SleepSecondsMax))
        {
            return Reply.Error(RespErrors.NotFloat);
        }

        using var isOver = new ManualResetEventSlim();
        using ITimer timer = server.Time.CreateTimer(
            static gate => ((ManualResetEventSlim)gate!).Set(), isOver, TimeSpan.FromSeconds(seconds),
            Timeout.InfiniteTimeSpan);
        isOver.Wait();
        return Reply.Ok;
    }

    public Reply SetActiveExpiry(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long number))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        server.Keyspace.ActiveExpiry = number != 0;
        return Reply.Ok;
    }

    public Reply ChangeReplicationId(in CommandCall call)
    {
        logger.LogInformation("The replication id is changed from {Id}", server.ReplicationId);
        server.RenewReplicationId();
        return Reply.Ok;
    }

    public Reply Log(in CommandCall call)
    {
        logger.LogWarning("DEBUG LOG: {Message}", Encoding.UTF8.GetString(call.Args[2]));
        return Reply.Ok;
    }

    /// <summary>How full the tables of keys are.</summary>
    public Reply Tables(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long number))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (number != 0)
        {
            return Reply.Error("ERR Out of range database"u8);
        }

        KeyspaceStatistics keyspace = server.Keyspace.Statistics;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"[Key tables]\n number of tables: {server.Settings.Shards}\n number of elements: {keyspace.ResidentKeys}\n");
        text += string.Create(
            CultureInfo.InvariantCulture,
            $"[Keys]\n number of keys: {keyspace.Keys}\n with a time to live: {keyspace.KeysWithDeadline}\n");
        call.Writer.Verbatim(Encoding.ASCII.GetBytes(text), "txt"u8);
        return Reply.Written;
    }
}
