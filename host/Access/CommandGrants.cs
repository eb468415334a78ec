using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Access;

/// <summary>
/// Which commands may be run: a bit for each row, first arguments that are allowed of commands otherwise refused
/// (<c>+select|0</c>), and the rules that led there, in their order and without those a later one overrides.
/// </summary>
internal sealed class CommandGrants
{
    private readonly CommandTable _table;
    private readonly bool[] _allowed;
    private readonly Dictionary<CommandEntry, List<string>> _firstArguments = [];
    private readonly List<string> _rules = [];
    private bool _hasAllAtFirst;

    /// <summary>Grants nothing.</summary>
    /// <param name="table">All commands.</param>
    public CommandGrants(CommandTable table)
    {
        _table = table;
        _allowed = new bool[table.Count];
    }

    private CommandGrants(CommandGrants other)
    {
        _table = other._table;
        _allowed = [.. other._allowed];
        _rules = [.. other._rules];
        _hasAllAtFirst = other._hasAllAtFirst;
        IsEverything = other.IsEverything;
        foreach ((CommandEntry entry, List<string> arguments) in other._firstArguments)
        {
            _firstArguments.Add(entry, [.. arguments]);
        }
    }

    /// <summary>Whether all commands are granted and none was taken away again.</summary>
    public bool IsEverything { get; private set; }

    /// <summary>A copy to change.</summary>
    public CommandGrants Clone() => new(this);

    /// <summary>Grants every command, or none.</summary>
    /// <param name="isAllowed">Which of the two.</param>
    public void SetAll(bool isAllowed)
    {
        Array.Fill(_allowed, isAllowed);
        _firstArguments.Clear();
        _rules.Clear();
        _hasAllAtFirst = isAllowed;
        IsEverything = isAllowed;
    }

    /// <summary>Applies <c>+get</c>, <c>-config|set</c>, <c>+@read</c> and their like.</summary>
    /// <param name="word">Begins with + or -.</param>
    public AclMistake Apply(string word)
    {
        bool isAllowed = word[0] == '+';
        string name = word[1..];
        if (name.Equals("@all", StringComparison.OrdinalIgnoreCase))
        {
            SetAll(isAllowed);
            return AclMistake.None;
        }

        if (name.StartsWith('@'))
        {
            return ApplyCategory(name[1..], isAllowed);
        }

        CommandEntry? entry = _table.FindByName(name);
        if (entry is null && isAllowed && name.Contains('|', StringComparison.Ordinal))
        {
            return ApplyFirstArgument(name);
        }

        if (entry is null)
        {
            return AclMistake.UnknownCommand;
        }

        Set(entry, isAllowed);
        AddRule(entry.DisplayName, isAllowed);
        return AclMistake.None;
    }

    /// <summary>Whether a command may be run.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments.</param>
    public bool Allows(CommandEntry entry, CommandArgs args)
    {
        if (IsEverything || _allowed[entry.Index] || entry.Spec.Has(CommandFlags.NoAuth))
        {
            return true;
        }

        if (args.Count < 2 || !_firstArguments.TryGetValue(entry, out List<string>? arguments))
        {
            return false;
        }

        foreach (string argument in arguments)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(args[1], argument))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(' ', _rules.Prepend(_hasAllAtFirst ? "+@all" : "-@all"));

    private AclMistake ApplyCategory(string category, bool isAllowed)
    {
        if (!AclCategories.Exists(category))
        {
            return AclMistake.UnknownCommand;
        }

        foreach (CommandEntry entry in _table.All)
        {
            if (AclCategories.Has(entry, category))
            {
                Set(entry, isAllowed);
            }
        }

        AddRule("@" + category, isAllowed);
        return AclMistake.None;
    }

    /// <summary>Redis's old way to allow SELECT with one database only.</summary>
    private AclMistake ApplyFirstArgument(string name)
    {
        int bar = name.LastIndexOf('|');
        CommandEntry? entry = _table.FindByName(name[..bar]);
        if (entry is null)
        {
            return AclMistake.UnknownCommand;
        }

        if (entry.Spec.Name.Contains('|', StringComparison.Ordinal))
        {
            return AclMistake.FirstArgumentOfSubcommand;
        }

        string argument = name[(bar + 1)..];
        if (argument.Length == 0)
        {
            return AclMistake.Syntax;
        }

        if (entry.SubcommandIndex is not null)
        {
            return AclMistake.UnknownCommand;
        }

        if (!_firstArguments.TryGetValue(entry, out List<string>? arguments))
        {
            _firstArguments.Add(entry, arguments = []);
        }

        if (!arguments.Contains(argument, StringComparer.OrdinalIgnoreCase))
        {
            arguments.Add(argument);
        }

        AddRule(name, isAllowed: true);
        return AclMistake.None;
    }

    private void Set(CommandEntry entry, bool isAllowed)
    {
        IsEverything &= isAllowed;
        _allowed[entry.Index] = isAllowed;
        _firstArguments.Remove(entry);
        foreach (CommandEntry subcommand in entry.Subcommands)
        {
            _allowed[subcommand.Index] = isAllowed;
        }
    }

    /// <summary>A rule about a command overrides earlier ones about it and its subcommands.</summary>
    private void AddRule(string name, bool isAllowed)
    {
        name = name.ToLowerInvariant();
        _rules.RemoveAll(rule => rule.AsSpan(1).SequenceEqual(name) ||
            (rule.AsSpan(1).StartsWith(name, StringComparison.Ordinal) && rule[name.Length + 1] == '|'));
        _rules.Add((isAllowed ? "+" : "-") + name);
    }
}
