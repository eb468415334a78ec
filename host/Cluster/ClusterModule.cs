using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using static Marekvs.Abstractions.Commands.CommandFlags;

namespace Marekvs.Host.Cluster;

/// <summary>The commands of Redis Cluster: those that ask are answered, those that rearrange are refused.</summary>
internal sealed class ClusterModule(ServerContext server) : IModule
{
    private const CommandFlags Rearranges = Admin | Stale | NoAsyncLoading;
    private const string Varying = "nondeterministic_output";

    public string Name => "cluster";

    public void Register(IModuleRegistry registry)
    {
        var members = new ClusterCommands(server);
        var slots = new SlotCommands(server);
        registry.AddCommands(
            Row("CLUSTER|INFO", 2, Stale, "3.0.0", "Tells how the cluster is.", members.Info, "O(1)", Varying),
            Row("CLUSTER|MYID", 2, Stale, "3.0.0", "Tells the id of the node.", members.MyId, "O(1)"),
            Row("CLUSTER|MYSHARDID", 2, Stale, "7.2.0", "Tells the id of the node's shard.", members.MyShardId, "O(1)",
                Varying),
            Row("CLUSTER|KEYSLOT", 3, Stale, "3.0.0", "Tells the slot of a key.", ClusterCommands.KeySlot,
                "O(N) where N is the number of bytes of the key."),
            Row("CLUSTER|COUNTKEYSINSLOT", 3, Stale | WholeKeyspace, "3.0.0", "Counts the node's keys in a slot.",
                ClusterCommands.CountKeysInSlot, "O(N) where N is the number of keys of the node."),
            Row("CLUSTER|GETKEYSINSLOT", 4, Stale | WholeKeyspace, "3.0.0", "Lists keys of the node in a slot.",
                ClusterCommands.GetKeysInSlot, "O(N) where N is the number of keys of the node.", Varying),
            Row("CLUSTER|SLOTS", 2, Stale, "3.0.0", "Tells which nodes have which slots.", slots.Slots,
                "O(N) where N is the number of ranges of slots.", Varying),
            Row("CLUSTER|SHARDS", 2, Stale, "7.0.0", "Tells which slots each node serves first.", slots.Shards,
                "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|NODES", 2, Stale, "3.0.0", "Lists the nodes as this one sees them.", members.Nodes,
                "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|LINKS", 2, Stale, "7.0.0", "Lists connections to other nodes.", members.Links,
                "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|REPLICAS", 3, Admin | Stale, "5.0.0", "Lists the replicas of a node: none has any.",
                members.Replicas, "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|SLAVES", 3, Admin | Stale, "3.0.0", "Lists the replicas of a node: none has any.",
                members.Replicas, "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|COUNT-FAILURE-REPORTS", 3, Admin | Stale, "3.0.0", "Counts reports of a failure: none.",
                members.CountFailureReports, "O(N) where N is the number of nodes.", Varying),
            Row("CLUSTER|HELP", 2, Loading | Stale, "5.0.0", "Explains the subcommands.", Help()),
            Row("READONLY", 1, Fast | Loading | Stale, "3.0.0", "Does nothing: every node answers reads.",
                Accept, "O(1)"),
            Row("READWRITE", 1, Fast | Loading | Stale, "3.0.0", "Does nothing: every node takes writes.",
                Accept, "O(1)"),
            Row("ASKING", 1, Fast, "3.0.0", "Does nothing: no slot is on its way.", Accept, "O(1)"));
        RegisterRearranging(registry);
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

    private void RegisterRearranging(IModuleRegistry registry)
    {
        (string Name, int Arity, string Since)[] rows =
        [
            ("ADDSLOTS", -3, "3.0.0"), ("ADDSLOTSRANGE", -4, "7.0.0"), ("BUMPEPOCH", 2, "3.0.0"),
            ("DELSLOTS", -3, "3.0.0"), ("DELSLOTSRANGE", -4, "7.0.0"), ("FAILOVER", -2, "3.0.0"),
            ("FLUSHSLOTS", 2, "3.0.0"), ("FORGET", 3, "3.0.0"), ("MEET", -4, "3.0.0"), ("REPLICATE", 3, "3.0.0"),
            ("SAVECONFIG", 2, "3.0.0"), ("SET-CONFIG-EPOCH", 3, "3.0.0"), ("SETSLOT", -4, "3.0.0"),
        ];
        const string Summary = "Refused: nodes find each other and place slots by themselves.";
        registry.AddCommands([.. rows.Select(row => row.Name == "BUMPEPOCH"
            ? Row("CLUSTER|" + row.Name, row.Arity, Rearranges, row.Since, Summary, ClusterCommands.Refuse, "O(1)", Varying)
            : Row("CLUSTER|" + row.Name, row.Arity, Rearranges, row.Since, Summary, ClusterCommands.Refuse, "O(1)"))]);
        registry.AddCommands(
            Row("CLUSTER|RESET", -2, Admin | NoScript | Stale, "3.0.0", Summary, ClusterCommands.Refuse, "O(1)"));
    }

    private CommandSpec Row(
        string name, int arity, CommandFlags flags, string since, string summary, CommandHandler handler,
        string complexity = "", params IReadOnlyList<string> tips) =>
        new(name, arity, flags, KeySpec.None, OnlyInCluster(handler))
        {
            Group = "cluster",
            Since = since,
            Summary = summary,
            Complexity = complexity,
            Tips = tips,
            Categories = name.StartsWith("CLUSTER", StringComparison.Ordinal) ? [] : ["connection"],
        };

    /// <summary>A node that can have no others answers as Redis does without cluster mode.</summary>
    private CommandHandler OnlyInCluster(CommandHandler handler) => (in CommandCall call) =>
        server.Cluster.IsDistributed
            ? handler(call)
            : Reply.Error("ERR This instance has cluster support disabled"u8);
}
