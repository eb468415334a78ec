using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Builtins;

/// <summary>
/// What Redis has for its own replication, of one master and its copies. Here every node takes writes, so these say what
/// is the case and change nothing.
/// </summary>
internal sealed class ReplicationModule : IModule
{
    private const CommandFlags Operator = Admin | NoScript;

    /// <inheritdoc/>
    public string Name => "replication";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "server",
            Row("REPLICAOF", 3, Operator | Stale | NoAsyncLoading, Follow, "5.0.0", "O(1)",
                "Would make the node a replica; every node takes writes."),
            Row("SLAVEOF", 3, Operator | Stale | NoAsyncLoading, Follow, "1.0.0", "O(1)",
                "Would make the node a replica; every node takes writes."),
            Row("FAILOVER", -1, Operator | Stale, FailOver, "6.2.0", "O(1)",
                "Would hand the part of the master over; every node takes writes."),
            Row("SYNC", 1, Operator | NoAsyncLoading | NoMulti, Refuse, "1.0.0", "O(1)",
                "Would begin to copy the data to a Redis replica."),
            Row("PSYNC", -3, Operator | NoAsyncLoading | NoMulti, Refuse, "2.8.0", "O(1)",
                "Would begin to copy the data to a Redis replica."),
            Row("REPLCONF", -1, Operator | Loading | Stale, Refuse, "3.0.0", "O(1)",
                "Would agree with a Redis replica on how to copy the data."));
    }

    private static Reply Follow(in CommandCall call) =>
        Ascii.EqualsIgnoreCase(call.Args[1], "NO"u8) && Ascii.EqualsIgnoreCase(call.Args[2], "ONE"u8)
            ? Reply.Ok
            : Reply.Error(
                "ERR this server is nobody's replica: every node takes writes, and nodes that belong together are told "u8 +
                "so by the cluster provider of modules.json"u8);

    private static Reply FailOver(in CommandCall call) => call.Args.Count switch
    {
        1 => Reply.Error("ERR FAILOVER requires connected replicas."u8),
        2 when Ascii.EqualsIgnoreCase(call.Args[1], "ABORT"u8) => Reply.Error("ERR No failover in progress."u8),
        _ when Ascii.EqualsIgnoreCase(call.Args[1], "TO"u8) || Ascii.EqualsIgnoreCase(call.Args[1], "TIMEOUT"u8) =>
            Reply.Error("ERR FAILOVER requires connected replicas."u8),
        _ => Reply.SyntaxError,
    };

    private static Reply Refuse(in CommandCall call) => Reply.Error(
        "ERR this server has no Redis replicas: nodes of its own kind copy data among themselves"u8);
}
