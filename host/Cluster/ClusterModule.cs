using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Cluster;

/// <summary>The commands of Redis Cluster: those that ask are answered, those that rearrange are refused.</summary>
internal sealed class ClusterModule(ServerContext server) : IModule
{
    private const CommandFlags Rearranges = Admin | Stale | NoAsyncLoading;
    private const string Varying = "nondeterministic_output";

    public string Name => "cluster";

    public void Register(IModuleRegistry registry)
    {
        IEnumerable<CommandSpec> rows = [.. Asking(), .. Rearranging()];
        registry.AddCommands("cluster", [.. rows.Select(row => row.Guarded(OnlyInCluster))]);
    }

    private CommandSpec[] Asking()
    {
        var members = new ClusterCommands(server);
        var slots = new SlotCommands(server);
        return
        [
            Row("CLUSTER|INFO", 2, Stale, members.Info, "3.0.0", "O(1)",
                "Tells how the cluster is.", Varying),
            Row("CLUSTER|MYID", 2, Stale, members.MyId, "3.0.0", "O(1)",
                "Tells the id of the node."),
            Row("CLUSTER|MYSHARDID", 2, Stale, members.MyShardId, "7.2.0", "O(1)",
                "Tells the id of the node's shard.", Varying),
            Row("CLUSTER|KEYSLOT", 3, Stale, ClusterCommands.KeySlot, "3.0.0",
                "O(N) where N is the number of bytes of the key.",
                "Tells the slot of a key."),
            Row("CLUSTER|COUNTKEYSINSLOT", 3, Stale | WholeKeyspace, ClusterCommands.CountKeysInSlot, "3.0.0",
                "O(N) where N is the number of keys of the node.",
                "Counts the node's keys in a slot."),
            Row("CLUSTER|GETKEYSINSLOT", 4, Stale | WholeKeyspace, ClusterCommands.GetKeysInSlot, "3.0.0",
                "O(N) where N is the number of keys of the node.",
                "Lists keys of the node in a slot.", Varying),
            Row("CLUSTER|SLOTS", 2, Stale, slots.Slots, "3.0.0", "O(N) where N is the number of ranges of slots.",
                "Tells which nodes have which slots.", Varying),
            Row("CLUSTER|SHARDS", 2, Stale, slots.Shards, "7.0.0", "O(N) where N is the number of nodes.",
                "Tells which slots each node serves first.", Varying),
            Row("CLUSTER|NODES", 2, Stale, members.Nodes, "3.0.0", "O(N) where N is the number of nodes.",
                "Lists the nodes as this one sees them.", Varying),
            Row("CLUSTER|LINKS", 2, Stale, members.Links, "7.0.0", "O(N) where N is the number of nodes.",
                "Lists connections to other nodes.", Varying),
            Row("CLUSTER|REPLICAS", 3, Admin | Stale, members.Replicas, "5.0.0",
                "O(N) where N is the number of nodes.",
                "Lists the replicas of a node: none has any.", Varying),
            Row("CLUSTER|SLAVES", 3, Admin | Stale, members.Replicas, "3.0.0", "O(N) where N is the number of nodes.",
                "Lists the replicas of a node: none has any.", Varying),
            Row("CLUSTER|COUNT-FAILURE-REPORTS", 3, Admin | Stale, members.CountFailureReports, "3.0.0",
                "O(N) where N is the number of nodes.",
                "Counts reports of a failure: none.", Varying),
            Row("CLUSTER|HELP", 2, Loading | Stale, Help(), "5.0.0", "",
                "Explains the subcommands."),
            Row("READONLY", 1, Fast | Loading | Stale, Accept, "3.0.0", "O(1)",
                "Does nothing: every node answers reads.").InCategories("connection"),
            Row("READWRITE", 1, Fast | Loading | Stale, Accept, "3.0.0", "O(1)",
                "Does nothing: every node takes writes.").InCategories("connection"),
            Row("ASKING", 1, Fast, Accept, "3.0.0", "O(1)",
                "Does nothing: no slot is on its way.").InCategories("connection"),
        ];
    }

    private static Reply Accept(in CommandCall call) => Reply.Ok;

    private static CommandHandler Help() => HelpText.For("CLUSTER",
        ("COUNTKEYSINSLOT <slot>", "Return the number of keys this node has in <slot>."),
        ("GETKEYSINSLOT <slot> <count>", "Return names of keys this node has in <slot>."),
        ("INFO", "Return how the cluster is."),
        ("KEYSLOT <key>", "Return the slot of <key>."),
        ("LINKS", "Return the connections to other nodes."),
        ("MYID", "Return the id of this node."),
        ("MYSHARDID", "Return the id of this node's shard."),
        ("NODES", "Return the nodes as this one sees them, one a line:"),
        ("<id> <ip:port@mesh> <flags> <master> <ping> <pong> <epoch> <link> <slot> ...", "(the line)"),
        ("REPLICAS <node-id>", "Return the replicas of a node; none has any."),
        ("SHARDS", "Return which slots each node serves first."),
        ("SLOTS", "Return ranges of slots with their nodes."));

    private static IEnumerable<CommandSpec> Rearranging()
    {
        (string Name, int Arity, string Since)[] rows =
        [
            ("ADDSLOTS", -3, "3.0.0"), ("ADDSLOTSRANGE", -4, "7.0.0"), ("BUMPEPOCH", 2, "3.0.0"),
            ("DELSLOTS", -3, "3.0.0"), ("DELSLOTSRANGE", -4, "7.0.0"), ("FAILOVER", -2, "3.0.0"),
            ("FLUSHSLOTS", 2, "3.0.0"), ("FORGET", 3, "3.0.0"), ("MEET", -4, "3.0.0"), ("REPLICATE", 3, "3.0.0"),
            ("RESET", -2, "3.0.0"), ("SAVECONFIG", 2, "3.0.0"), ("SET-CONFIG-EPOCH", 3, "3.0.0"),
            ("SETSLOT", -4, "3.0.0"),
        ];
        return rows.Select(row => Row(
            "CLUSTER|" + row.Name,
            row.Arity,
            row.Name == "RESET" ? Admin | NoScript | Stale : Rearranges,
            ClusterCommands.Refuse,
            row.Since,
            "O(1)",
            "Refused: nodes find each other and place slots by themselves.",
            row.Name == "BUMPEPOCH" ? [Varying] : []));
    }

    /// <summary>A node that can have no others answers as Redis does without cluster mode.</summary>
    private CommandHandler OnlyInCluster(CommandHandler handler) => (in CommandCall call) =>
        server.Cluster.IsDistributed
            ? handler(call)
            : Reply.Error("ERR This instance has cluster support disabled"u8);
}
