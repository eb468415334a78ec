namespace Marekvs.Abstractions.Commands;

/// <summary>
/// Runs one command: synchronous, in memory, without effect until it returns, and ready to be run again.
/// </summary>
/// <param name="call">Arguments, keyspace, frozen time, session and writer.</param>
/// <returns>The answer. An error answer undoes what the call wrote.</returns>
public delegate Reply CommandHandler(in CommandCall call);

/// <summary>
/// Everything the host knows of a command; one row feeds dispatch, arity, the write gate, shard entry, MULTI and the
/// COMMAND command.
/// </summary>
public sealed class CommandSpec
{
    private string _group = "generic";

    /// <summary>A row of a command table.</summary>
    /// <param name="name">Redis's name in capitals; a subcommand is written <c>CLIENT|LIST</c>.</param>
    /// <param name="arity">Number of arguments with the name; negative: at least that many. A subcommand counts its
    /// container's name too.</param>
    /// <param name="flags">What the host must know.</param>
    /// <param name="keys">Which arguments are keys.</param>
    /// <param name="handler">Runs it.</param>
    public CommandSpec(string name, int arity, CommandFlags flags, KeySpec keys, CommandHandler handler)
    {
        ArgumentNullException.ThrowIfNull(name);
        Invariant.That(arity != 0, "a command has an arity");
        Name = name;
        Arity = arity;
        Flags = flags;
        Keys = keys;
        Handler = handler;
    }

    /// <summary>Redis's name in capitals.</summary>
    public string Name { get; }

    /// <summary>Arguments with the name; negative: at least.</summary>
    public int Arity { get; }

    /// <summary>What the host must know.</summary>
    public CommandFlags Flags { get; }

    /// <summary>Which arguments are keys.</summary>
    public KeySpec Keys { get; }

    /// <summary>Runs it.</summary>
    public CommandHandler Handler { get; private set; }

    /// <summary>One line of what it does, for COMMAND DOCS.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The Redis version that introduced it.</summary>
    public string Since { get; init; } = "1.0.0";

    /// <summary>Redis's group: string, generic, connection, server and so on.</summary>
    public string Group
    {
        get => _group;
        init => _group = value;
    }

    /// <summary>Time complexity in words.</summary>
    public string Complexity { get; init; } = "";

    /// <summary>Redis's command tips, such as <c>nondeterministic_output</c>; clients of clusters look at them.</summary>
    public IReadOnlyList<string> Tips { get; init; } = [];

    /// <summary>ACL categories besides those that flags imply, such as <c>keyspace</c>; null for that of the group.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; private set; }

    /// <summary>Which arguments are names of channels that are published to or subscribed.</summary>
    public KeySpec Channels { get; private set; } = KeySpec.None;

    /// <summary>Whether the channels are patterns, as PSUBSCRIBE has.</summary>
    public bool HasChannelPatterns { get; private set; }

    /// <summary>Which calls the owner of their keys runs, where there are several nodes; null when none has to be.</summary>
    public CommandRouting? Routing { get; private set; }

    /// <summary>Whether it may run again with the rest of a transaction whose data was missing. What acts on its
    /// connection or the node at once may not; what publishes waits for the commit.</summary>
    public bool CanRunAgain => Has(CommandFlags.ReadOnly | CommandFlags.Write) ||
        (Has(CommandFlags.PubSub) && !AnswersByPush);

    /// <summary>Whether it subscribes or ends subscriptions: its answers are pushes, which are sent even where replies are
    /// switched off.</summary>
    public bool AnswersByPush => Has(CommandFlags.PubSub) && Has(CommandFlags.AllowedWhenSubscribed);

    /// <summary>The same row for a command of which some calls are run by the owner of their keys.</summary>
    /// <param name="routing">Which; null: all.</param>
    public CommandSpec Routed(CommandRouting? routing = null) =>
        With(row => row.Routing = routing ?? CommandRouting.Always);

    /// <summary>The same row with something around its handler.</summary>
    /// <param name="around">Makes the handler that stands before it.</param>
    public CommandSpec Guarded(Func<CommandHandler, CommandHandler> around)
    {
        ArgumentNullException.ThrowIfNull(around);
        return With(row => row.Handler = around(Handler));
    }

    /// <summary>The same row in other ACL categories than that of its group.</summary>
    /// <param name="categories">Their names, without the leading @; those that flags imply need not be named.</param>
    public CommandSpec InCategories(params string[] categories) => With(row => row.Categories = categories);

    /// <summary>The same row for a command of which arguments are names of channels.</summary>
    /// <param name="channels">Which arguments.</param>
    /// <param name="arePatterns">Whether they are patterns.</param>
    public CommandSpec OnChannels(KeySpec channels, bool arePatterns = false) =>
        With(row => (row.Channels, row.HasChannelPatterns) = (channels, arePatterns));

    /// <summary>The same row in a group.</summary>
    /// <param name="group">Redis's name of the group.</param>
    internal CommandSpec In(string group) => With(row => row._group = group);

    /// <summary>Whether a number of arguments fits the arity.</summary>
    /// <param name="count">Arguments with the name.</param>
    public bool Accepts(int count) => Arity >= 0 ? count == Arity : count >= -Arity;

    /// <summary>What the command does with a key, as COMMAND tells it.</summary>
    /// <param name="ordinal">Which of its keys, from 0.</param>
    public KeyUse UseOf(int ordinal)
    {
        KeyUse use = ordinal == 0 ? Keys.FirstUse : Keys.RestUse;
        return use != KeyUse.None ? use
            : Has(CommandFlags.Write) ? KeyUse.RW | KeyUse.Access | KeyUse.Update
            : KeyUse.RO | KeyUse.Access;
    }

    /// <summary>What one call does with a key.</summary>
    /// <param name="args">The whole command; the arity fits.</param>
    /// <param name="ordinal">Which of its keys, from 0.</param>
    public KeyUse UseOf(CommandArgs args, int ordinal) =>
        Keys.UseFinder is { } finder ? finder(args) : UseOf(ordinal);

    /// <summary>Whether a flag is set.</summary>
    /// <param name="flag">The flag.</param>
    public bool Has(CommandFlags flag) => (Flags & flag) != 0;

    /// <summary>A row like this but for something.</summary>
    private CommandSpec With(Action<CommandSpec> change)
    {
        var row = (CommandSpec)MemberwiseClone();
        change(row);
        return row;
    }
}
