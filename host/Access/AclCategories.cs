using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Access;

/// <summary>The ACL categories, in Redis's words and in the order of its bits, and which of them a row belongs to.
/// </summary>
internal static class AclCategories
{
    public static IReadOnlyList<string> All { get; } =
    [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo",
        "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
    ];

    /// <summary>Whether a category exists.</summary>
    /// <param name="name">Its name in any case, without the leading @.</param>
    public static bool Exists(string name) => All.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The categories of a row, without the leading @: those its flags imply, and its own or its group's.
    /// </summary>
    /// <param name="entry">The row.</param>
    public static List<string> Of(CommandEntry entry)
    {
        CommandSpec spec = entry.Spec;
        HashSet<string> found = [spec.Has(CommandFlags.Fast) ? "fast" : "slow"];
        AddIf(found, spec.Has(CommandFlags.Write), "write");
        AddIf(found, spec.Has(CommandFlags.ReadOnly) && spec.Group != "scripting", "read");
        AddIf(found, spec.Has(CommandFlags.Admin), "admin");
        AddIf(found, spec.Has(CommandFlags.Admin | CommandFlags.Dangerous), "dangerous");
        AddIf(found, spec.Has(CommandFlags.PubSub), "pubsub");
        AddIf(found, spec.Has(CommandFlags.Blocking), "blocking");
        if (spec.Categories is { } named)
        {
            found.UnionWith(named);
        }
        else if (!entry.IsImplied)
        {
            string group = OfGroup(spec.Group);
            AddIf(found, All.Contains(group), group);
        }

        return [.. All.Where(found.Contains)];
    }

    /// <summary>Whether a row belongs to a category.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="category">The category, without the leading @.</param>
    public static bool Has(CommandEntry entry, string category) =>
        Of(entry).Contains(category, StringComparer.OrdinalIgnoreCase);

    private static string OfGroup(string group) => group switch
    {
        "generic" => "keyspace",
        "sorted-set" => "sortedset",
        "transactions" => "transaction",

        // What subscribes says so by its flag; PUBSUB HELP belongs to no category.
        "pubsub" => "",
        _ => group,
    };

    private static void AddIf(HashSet<string> found, bool condition, string category)
    {
        if (condition)
        {
            found.Add(category);
        }
    }
}
