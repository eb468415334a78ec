using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Commands;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Diagnostics;

/// <summary>SLOWLOG: shows the calls that took long.</summary>
internal sealed class SlowLogModule(CallTimes times) : IModule
{
    private const CommandFlags Operator = Admin | Loading | Stale;
    private const long ShownUnlessTold = 10;

    /// <inheritdoc/>
    public string Name => "slowlog";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        const string OnEachNode = "request_policy:all_nodes";
        registry.AddCommands(
            "server",
            Row("SLOWLOG|GET", -2, Operator, Get, "2.2.12", "O(N) where N is the number of entries returned",
                "Shows the newest entries.", OnEachNode, "nondeterministic_output"),
            Row("SLOWLOG|LEN", 2, Operator, Length, "2.2.12", "O(1)",
                "Counts the entries.", OnEachNode, "response_policy:agg_sum", "nondeterministic_output"),
            Row("SLOWLOG|RESET", 2, Operator, Reset, "2.2.12", "O(N) where N is the number of entries",
                "Forgets all entries.", OnEachNode, "response_policy:all_succeeded"),
            Row("SLOWLOG|HELP", 2, Loading | Stale, Help, "6.2.0", "O(1)",
                "Explains the subcommands."));
    }

    private static CommandHandler Help { get; } = HelpText.For("SLOWLOG",
        ("GET [<count>]", "Return the newest <count> entries, 10 unless told otherwise and -1 for all, each with id, " +
            "time, duration in microseconds, arguments, address and name of the client."),
        ("LEN", "Return the number of entries."),
        ("RESET", "Forget all entries."));

    private Reply Get(in CommandCall call)
    {
        if (call.Args.Count > 3)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        long count = ShownUnlessTold;
        if (call.Args.Count == 3 && (!RedisNumber.TryParseInt64(call.Args[2], out count) || count < -1))
        {
            return Reply.Error("ERR count should be greater than or equal to -1"u8);
        }

        IReadOnlyList<SlowLogEntry> entries = times.Slow.Newest(count < 0 ? long.MaxValue : count);
        call.Writer.Array(entries.Count);
        foreach (SlowLogEntry entry in entries)
        {
            call.Writer.Array(6);
            call.Writer.Integer(entry.Id);
            call.Writer.Integer(entry.At);
            call.Writer.Integer(entry.Microseconds);
            call.Writer.Array(entry.Arguments.Count);
            foreach (byte[] argument in entry.Arguments)
            {
                call.Writer.Bulk(argument);
            }

            call.Writer.Bulk(entry.Address);
            call.Writer.Bulk(entry.Client);
        }

        return Reply.Written;
    }

    private Reply Length(in CommandCall call) => Reply.Integer(times.Slow.Count);

    private Reply Reset(in CommandCall call)
    {
        times.Slow.Reset();
        return Reply.Ok;
    }
}
