using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Keys;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(KeysModule))]

namespace Marekvs.Modules.Keys;

/// <summary>The commands that work on keys of any type.</summary>
public sealed class KeysModule : IModule
{
    private static readonly KeySpec AfterSubcommand = KeySpec.Range(2, 2).Used(RO);
    private static readonly KeySpec Changes = KeySpec.One.Used(RW | Update);
    private static readonly KeySpec Copies = KeySpec.Range(1, 2).Used(RO | Access, OW | Update);
    private static readonly KeySpec Moves = KeySpec.Range(1, 2).Used(RW | Access | Delete, OW | Update);

    private static readonly KeySpec Sorts = KeySpec.Found(SortOptions.TryFindKeys, first: 1)
        .Used(RO | Access, OW | Update)
        .WithUnnamed(RO | Access, SortOptions.HasPatterns);

    private static readonly KeySpec SortsReadOnly = KeySpec.Found(SortOptions.TryFindReadKey, first: 1)
        .Used(RO | Access)
        .WithUnnamed(RO | Access, SortOptions.HasPatterns);

    private static readonly string[] SortedTypes = ["set", "sortedset", "list"];

    private static readonly KeySpec MovesIfAbsent =
        KeySpec.Range(1, 2).Used(RW | Access | Delete, OW | Insert);

    private const string SortCost =
        "O(N+M*log(M)) where N is the number of elements and M the number of those returned.";

    /// <inheritdoc/>
    public string Name => "keys";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "generic",
            Row("COPY", -3, Write | DenyOom, Copies, KeyCopies.Copy, "6.2.0",
                "O(N) where N is the number of elements.",
                "Copies a key's value and time to live to another key.")
                .Routed(CommandRouting.When(KeyCopies.IsConditional)),
            Row("DEL", -2, Write, KeySpec.All.Used(RM | Delete), KeyExistence.Delete, "1.0.0",
                "O(N) where N is the number of keys.",
                "Deletes keys."),
            Row("DUMP", 2, ReadOnly, KeySpec.One, KeyDumps.Dump, "2.6.0",
                "O(N) where N is the size of the value.",
                "Returns a key's value in the form that RESTORE takes."),
            Row("EXISTS", -2, ReadOnly | Fast | NoTouch, KeySpec.All.Used(RO), KeyExistence.Exists, "1.0.0",
                "O(N) where N is the number of keys.",
                "Counts which of the keys exist, a repeated key each time."),
            Row("EXPIRE", -3, Write | Fast, Changes, KeyExpiry.InSeconds, "1.0.0", "O(1)",
                "Sets a key's time to live in seconds."),
            Row("EXPIREAT", -3, Write | Fast, Changes, KeyExpiry.AtSeconds, "1.2.0", "O(1)",
                "Sets the Unix second at which a key expires."),
            Row("EXPIRETIME", 2, ReadOnly | Fast | NoTouch, KeySpec.One, KeyTimes.DeadlineSeconds, "7.0.0", "O(1)",
                "Returns the Unix second at which a key expires."),
            Row("KEYS", 2, ReadOnly | Dangerous | WholeKeyspace, KeyWalks.Keys, "1.0.0",
                "O(N) where N is the number of keys in the database.",
                "Returns all keys that match a pattern."),
            Row("MOVE", 3, Write | Fast, KeySpec.One.Used(RW | Access | Update), KeyCopies.Move, "1.0.0", "O(1)",
                "Would move a key to another database; there is only one."),
            Row("PERSIST", 2, Write | Fast, Changes, KeyExpiry.Persist, "2.2.0", "O(1)",
                "Takes away a key's time to live."),
            Row("PEXPIRE", -3, Write | Fast, Changes, KeyExpiry.InMilliseconds, "2.6.0", "O(1)",
                "Sets a key's time to live in milliseconds."),
            Row("PEXPIREAT", -3, Write | Fast, Changes, KeyExpiry.AtMilliseconds, "2.6.0", "O(1)",
                "Sets the Unix millisecond at which a key expires."),
            Row("PEXPIRETIME", 2, ReadOnly | Fast | NoTouch, KeySpec.One, KeyTimes.DeadlineMilliseconds, "7.0.0",
                "O(1)",
                "Returns the Unix millisecond at which a key expires."),
            Row("PTTL", 2, ReadOnly | Fast | NoTouch, KeySpec.One, KeyTimes.MillisecondsLeft, "2.6.0", "O(1)",
                "Returns a key's time to live in milliseconds."),
            Row("RANDOMKEY", 1, ReadOnly | WholeKeyspace, KeyWalks.RandomKey, "1.0.0", "O(1)",
                "Returns a key chosen at random."),
            Row("RENAME", 3, Write, Moves, KeyCopies.Rename, "1.0.0",
                "O(N) where N is the number of elements.",
                "Gives a key another name, replacing what had it.").Routed(),
            Row("RENAMENX", 3, Write | Fast, MovesIfAbsent, KeyCopies.RenameIfAbsent, "1.0.0",
                "O(N) where N is the number of elements.",
                "Gives a key another name unless a key has it.").Routed(),
            Row("RESTORE", -4, Write | DenyOom | Dangerous, KeySpec.One.Used(OW | Update), KeyDumps.Restore, "2.6.0",
                "O(N) where N is the size of the value.",
                "Creates a key from what DUMP returned."),
            Row("SCAN", -2, ReadOnly | WholeKeyspace, KeyWalks.Scan, "2.8.0",
                "O(1) for each call, O(N) for a walk over all keys.",
                "Walks over the keys in steps."),
            Row("SORT", -2, Write | DenyOom | MovableKeys | Dangerous, Sorts, KeySorts.Sort, "1.0.0", SortCost,
                "Sorts a list, set or sorted set, by itself or by other keys, and returns or stores the result.")
                .InCategories(SortedTypes),
            Row("SORT_RO", -2, ReadOnly | MovableKeys | Dangerous, SortsReadOnly, KeySorts.SortReadOnly, "7.0.0",
                SortCost,
                "Sorts a list, set or sorted set, by itself or by other keys, and returns the result.")
                .InCategories(SortedTypes),
            Row("TOUCH", -2, ReadOnly | Fast, KeySpec.All.Used(RO), KeyExistence.Touch, "3.2.1",
                "O(N) where N is the number of keys.",
                "Marks keys as used and counts which exist."),
            Row("TTL", 2, ReadOnly | Fast | NoTouch, KeySpec.One, KeyTimes.SecondsLeft, "1.0.0", "O(1)",
                "Returns a key's time to live in seconds."),
            Row("TYPE", 2, ReadOnly | Fast | NoTouch, KeySpec.One.Used(RO), KeyExistence.Type, "1.0.0", "O(1)",
                "Returns the type of a key's value."),
            Row("UNLINK", -2, Write | Fast, KeySpec.All.Used(RM | Delete), KeyExistence.Delete, "4.0.0",
                "O(N) where N is the number of keys.",
                "Deletes keys, freeing what they held later."),
            Row("OBJECT|ENCODING", 3, ReadOnly | NoTouch, AfterSubcommand, ObjectCommands.EncodingOf, "2.2.3", "O(1)",
                "Names the encoding of a key's value."),
            Row("OBJECT|FREQ", 3, ReadOnly | NoTouch, AfterSubcommand, ObjectCommands.Frequency, "4.0.0", "O(1)",
                "Would tell how often a key is used; frequencies are not counted."),
            Row("OBJECT|HELP", 2, Loading | Stale, ObjectCommands.Help, "6.2.0", "O(1)",
                "Describes the subcommands."),
            Row("OBJECT|IDLETIME", 3, ReadOnly | NoTouch, AfterSubcommand, ObjectCommands.IdleTime, "2.2.3", "O(1)",
                "Returns the seconds since a key was last used."),
            Row("OBJECT|REFCOUNT", 3, ReadOnly | NoTouch, AfterSubcommand, ObjectCommands.ReferenceCount, "2.2.3",
                "O(1)",
                "Returns the number of references to a key's value, which is always 1."));
    }
}
