using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>The words COMMAND uses for what a row says: flags and ACL categories.</summary>
internal static class CommandWords
{
    private static readonly (CommandFlags Flag, string Word)[] FlagWords =
    [
        (CommandFlags.Write, "write"),
        (CommandFlags.ReadOnly, "readonly"),
        (CommandFlags.DenyOom, "denyoom"),
        (CommandFlags.Admin, "admin"),
        (CommandFlags.PubSub, "pubsub"),
        (CommandFlags.NoScript, "noscript"),
        (CommandFlags.Blocking, "blocking"),
        (CommandFlags.Loading, "loading"),
        (CommandFlags.Stale, "stale"),
        (CommandFlags.SkipMonitor, "skip_monitor"),
        (CommandFlags.SkipSlowlog, "skip_slowlog"),
        (CommandFlags.Fast, "fast"),
        (CommandFlags.NoAuth, "no_auth"),
        (CommandFlags.MayReplicate, "may_replicate"),
        (CommandFlags.NoAsyncLoading, "no_async_loading"),
        (CommandFlags.NoMulti, "no_multi"),
        (CommandFlags.MovableKeys, "movablekeys"),
    ];

    // Redis's order, which is also that of its ACL bits.
    private static readonly string[] Categories =
    [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo",
        "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
    ];

    /// <summary>The flags of a row.</summary>
    public static List<string> FlagsOf(CommandSpec spec) =>
        [.. FlagWords.Where(f => spec.Has(f.Flag)).Select(f => f.Word)];

    /// <summary>Whether an ACL category exists.</summary>
    public static bool IsCategory(string name) => Categories.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The ACL categories of a row, without the leading @: from its flags and its group.</summary>
    public static List<string> CategoriesOf(CommandEntry entry)
    {
        CommandSpec spec = entry.Spec;
        HashSet<string> found = [spec.Has(CommandFlags.Fast) ? "fast" : "slow"];
        AddIf(found, spec.Has(CommandFlags.Write), "write");
        AddIf(found, spec.Has(CommandFlags.ReadOnly), "read");
        AddIf(found, spec.Has(CommandFlags.Admin), "admin");
        AddIf(found, spec.Has(CommandFlags.Admin | CommandFlags.Dangerous), "dangerous");
        AddIf(found, spec.Has(CommandFlags.PubSub), "pubsub");
        AddIf(found, spec.Has(CommandFlags.Blocking), "blocking");
        string group = spec.Group switch
        {
            "generic" => "keyspace",

            // DBSIZE, FLUSHALL and their like: about the node, but they work on its keys.
            "server" when spec.Has(CommandFlags.Write | CommandFlags.ReadOnly) => "keyspace",
            "sorted-set" => "sortedset",
            "transactions" => "transaction",
            _ => spec.Group,
        };
        AddIf(found, Categories.Contains(group), group);
        return [.. Categories.Where(found.Contains)];
    }

    private static void AddIf(HashSet<string> found, bool condition, string category)
    {
        if (condition)
        {
            found.Add(category);
        }
    }
}
