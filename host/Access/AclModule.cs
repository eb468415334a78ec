using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Connections;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Access;

/// <summary>The ACL command.</summary>
internal sealed class AclModule(ClientRegistry clients) : IModule
{
    private const CommandFlags Anyone = Connection | NoScript | Loading | Stale;
    private const CommandFlags Operator = Anyone | Admin;

    private readonly AclCommands _acl = new(clients);

    /// <inheritdoc/>
    public string Name => "acl";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        const string EachUser = "O(N), where N is the number of configured users.";
        registry.AddCommands(
            "server",
            Row("ACL|CAT", -2, Anyone, _acl.Categories, "6.0.0", "O(1): the categories and commands are a fixed set.",
                "Lists the ACL categories, or the commands inside a category."),
            Row("ACL|DELUSER", -3, Operator, _acl.Delete, "6.0.0", "O(1) amortized time considering the typical user.",
                "Deletes users, and terminates their connections."),
            Row("ACL|DRYRUN", -4, Operator, _acl.DryRun, "7.0.0", "O(1).",
                "Tells whether a user may run a command, without running it."),
            Row("ACL|GENPASS", -2, Anyone, AclCommands.GeneratePassword, "6.0.0", "O(1)",
                "Generates a random password that users can be identified with."),
            Row("ACL|GETUSER", 3, Operator, _acl.Get, "6.0.0",
                "O(N). Where N is the number of password, command and pattern rules that the user has.",
                "Tells the rules of a user."),
            Row("ACL|LIST", 2, Operator, _acl.List, "6.0.0", EachUser,
                "Shows all users with their rules in the form of the ACL file."),
            Row("ACL|LOAD", 2, Operator, _acl.Load, "6.0.0", EachUser,
                "Reads the users again from the ACL file."),
            Row("ACL|LOG", -2, Operator, _acl.Log, "6.0.0", "O(N) with N being the number of entries shown.",
                "Lists what was refused of late."),
            Row("ACL|SAVE", 2, Operator, _acl.Save, "6.0.0", EachUser,
                "Writes the users to the ACL file."),
            Row("ACL|SETUSER", -3, Operator, _acl.Set, "6.0.0", "O(N). Where N is the number of rules provided.",
                "Creates and changes a user and its rules."),
            Row("ACL|USERS", 2, Operator, _acl.ListNames, "6.0.0", EachUser,
                "Lists all users."),
            Row("ACL|WHOAMI", 2, Anyone, AclCommands.WhoAmI, "6.0.0", "O(1)",
                "Tells the user of the connection."),
            Row("ACL|HELP", 2, Connection | Loading | Stale, Help, "6.0.0", "O(1)",
                "Describes the subcommands."));
    }

    private static CommandHandler Help { get; } = HelpText.For("ACL",
        ("CAT [<category>]", "List the commands of a category, or all categories when none is named."),
        ("DELUSER <username> [<username> ...]", "Delete users and close their connections."),
        ("DRYRUN <username> <command> [<arg> ...]", "Tell whether a user may run a command, without running it."),
        ("GETUSER <username>", "Tell a user's rules."),
        ("GENPASS [<bits>]", "Generate a password, of 256 bits unless told otherwise."),
        ("LIST", "Show all users in the form of the ACL file."),
        ("LOAD", "Read the users again from the ACL file."),
        ("LOG [<count> | RESET]", "Show what was refused of late, or forget it."),
        ("SAVE", "Write the users to the ACL file."),
        ("SETUSER <username> <attribute> [<attribute> ...]", "Create or change a user."),
        ("USERS", "List the names of all users."),
        ("WHOAMI", "Tell the user of this connection."));
}
