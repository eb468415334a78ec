using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Streams;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(StreamsModule))]

namespace Marekvs.Modules.Streams;

/// <summary>The stream commands.</summary>
public sealed class StreamsModule : IModule
{
    private const string Group = "stream";

    private const string AnyOutput = "nondeterministic_output";
    private const string EachId = "O(1) for each id.";
    private const string Returned = "O(log N + M) where N is the length of the stream and M what is returned.";

    private static readonly KeySpec Second = KeySpec.Range(2, 2);
    private static readonly KeySpec Changes = KeySpec.One.Used(RW | Update);
    private static readonly KeySpec Deletes = KeySpec.One.Used(RW | KeyUse.Delete);
    private static readonly KeySpec Streams = KeySpec.Found(ReadOptions.TryFindKeys);

    /// <inheritdoc/>
    public string Name => "streams";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(StreamRecords.Type);
        registry.AddCommands(
            Group,
            Row("XACK", -4, Write | Fast, Changes, PendingCommands.Acknowledge, "5.0.0", EachId,
                "Says that a consumer is done with entries."),
            Row("XADD", -5, Write | DenyOom | Fast, Changes, StreamEntries.Add, "5.0.0",
                "O(1) to add, O(N) to trim N entries.",
                "Adds an entry to a stream; creates it when absent.", AnyOutput),
            Row("XAUTOCLAIM", -6, Write | Fast, Deletes, ClaimCommands.ClaimIdle, "6.2.0",
                "O(1) for a small COUNT.",
                "Gives a consumer what is pending with others for too long.", AnyOutput).Routed(),
            Row("XCLAIM", -6, Write | Fast, Changes, ClaimCommands.Claim, "5.0.0",
                "O(log N) for each id, where N is the number of pending entries.",
                "Gives a consumer entries that are pending with others.", AnyOutput).Routed(),
            Row("XDEL", -3, Write | Fast, Deletes, StreamEntries.Delete, "5.0.0", EachId,
                "Removes entries and tells how many there were."),
            Row("XLEN", 2, ReadOnly | Fast, KeySpec.One.Used(RO), StreamEntries.Length, "5.0.0", "O(1)",
                "Returns the number of entries."),
            Row("XPENDING", -3, ReadOnly, KeySpec.One, PendingCommands.Pending, "5.0.0",
                "O(N) where N is the number of entries returned.",
                "Tells which entries a group was given and has not acknowledged.", AnyOutput),
            Row("XRANGE", -4, ReadOnly, KeySpec.One, StreamRanges.Range, "5.0.0", Returned,
                "Returns the entries between two ids."),
            Row("XREAD", -4, ReadOnly | Blocking | MovableKeys, Streams.Used(RO | Access), StreamReads.Read, "5.0.0",
                Returned, "Returns the entries of streams behind ids; may wait for some."),
            Row("XREADGROUP", -7, Write | Blocking | MovableKeys, Streams.Used(RO | Access), GroupReads.Read, "5.0.0",
                Returned, "Gives a consumer of a group what is new to the group; may wait for some.")
                .Routed(CommandRouting.When(ReadOptions.WantsNew)),
            Row("XREVRANGE", -4, ReadOnly, KeySpec.One, StreamRanges.ReverseRange, "5.0.0", Returned,
                "Returns the entries between two ids, newest first."),
            Row("XSETID", -3, Write | DenyOom | Fast, Changes, StreamEntries.SetId, "5.0.0", "O(1)",
                "Sets the last id of a stream."),
            Row("XTRIM", -4, Write, Deletes, StreamEntries.Trim, "5.0.0",
                "O(N) where N is the number of entries removed.",
                "Removes the oldest entries.", AnyOutput));
        RegisterGroups(registry);
        RegisterInfo(registry);
    }

    private static void RegisterGroups(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("XGROUP|CREATE", -5, Write | DenyOom, Second.Used(RW | Insert), GroupCommands.Create, "5.0.0", "O(1)",
            "Creates a consumer group."),
        Row("XGROUP|CREATECONSUMER", 5, Write | DenyOom, Second.Used(RW | Insert), GroupCommands.CreateConsumer,
            "6.2.0", "O(1)", "Creates a consumer in a group."),
        Row("XGROUP|DELCONSUMER", 5, Write, Second.Used(RW | KeyUse.Delete), GroupCommands.DeleteConsumer, "5.0.0",
            "O(N) where N is the number of entries pending with the consumer.", "Removes a consumer from a group."),
        Row("XGROUP|DESTROY", 4, Write, Second.Used(RW | KeyUse.Delete), GroupCommands.Destroy, "5.0.0",
            "O(N) where N is the number of entries pending with the group.", "Removes a consumer group."),
        Row("XGROUP|HELP", 2, Loading | Stale, KeySpec.None, HelpText.For("XGROUP",
            ("CREATE <key> <groupname> <id|$> [option]",
                "Create a new consumer group. Options are:\n* MKSTREAM\n  Create the empty stream if it does not exist."
                + "\n* ENTRIESREAD entries_read\n  Set the group's entries_read counter (internal use)."),
            ("CREATECONSUMER <key> <groupname> <consumer>", "Create a new consumer in the specified group."),
            ("DELCONSUMER <key> <groupname> <consumer>", "Remove the specified consumer."),
            ("DESTROY <key> <groupname>", "Remove the specified group."),
            ("SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                "Set the current group ID and entries_read counter.")), "5.0.0", "O(1)", "Explains the subcommands."),
        Row("XGROUP|SETID", -5, Write, Second.Used(RW | Update), GroupCommands.SetId, "5.0.0", "O(1)",
            "Sets what a consumer group has read up to."));

    private static void RegisterInfo(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("XINFO|CONSUMERS", 4, ReadOnly, Second, StreamInfo.Consumers, "5.0.0", "O(1) for each consumer.",
            "Tells of the consumers of a group.", AnyOutput),
        Row("XINFO|GROUPS", 3, ReadOnly, Second, StreamInfo.Groups, "5.0.0", "O(1) for each group.",
            "Tells of the consumer groups of a stream."),
        Row("XINFO|HELP", 2, Loading | Stale, KeySpec.None, HelpText.For("XINFO",
            ("CONSUMERS <key> <groupname>", "Show consumers of <groupname>."),
            ("GROUPS <key>", "Show the stream consumer groups."),
            ("STREAM <key> [FULL [COUNT <count>]", "Show information about the stream.")), "5.0.0", "O(1)",
            "Explains the subcommands."),
        Row("XINFO|STREAM", -3, ReadOnly, Second, StreamInfo.Stream, "5.0.0", "O(1)", "Tells of a stream."));
}
