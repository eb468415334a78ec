using System.Globalization;
using System.Text;
using Marekvs.Testing;

namespace Marekvs.Compat.Commands;

/// <summary>
/// The text of COMMANDS.md: each command of Redis and whether a node has it. What the node has is asked from the node;
/// only where and why something it has is not as in Redis is written down by hand, in <c>differences.tsv</c>.
/// </summary>
internal sealed class CommandReport
{
    private const string Works = "works";
    private const string NotYet = "not yet";

    private readonly IReadOnlyList<RedisCommand> _commands;
    private readonly Dictionary<string, string> _reasons;
    private readonly HashSet<string> _present;

    /// <param name="client">A client of the node.</param>
    /// <param name="commands">The commands of Redis.</param>
    /// <param name="reasons">Why commands that are there differ, by name.</param>
    public CommandReport(
        RespClient client, IReadOnlyList<RedisCommand> commands, IReadOnlyDictionary<string, string> reasons)
    {
        _commands = commands;
        _reasons = new(reasons);
        _present = [.. client.Call("COMMAND", "LIST").Items.Select(item => NameOf(item.Text))];
    }

    /// <summary>Reasons for commands that Redis or the node does not have.</summary>
    public IReadOnlyList<string> IdleReasons => [.. _reasons.Keys.Where(name =>
        !_present.Contains(name) || !_commands.Any(command => command.Name == name))];

    /// <summary>The list of differences beside the program.</summary>
    public static IReadOnlyDictionary<string, string> ReadReasons() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "differences.tsv")).Skip(1)
            .Select(line => line.Split('\t')).ToDictionary(cells => cells[0], cells => cells[1]);

    public override string ToString()
    {
        var text = new StringBuilder(
            """
            # Commands

            The commands of Redis 7.4, and those of Redis 8 that are there, with their state on a node of this version.
            `./dev.sh commands` writes this file from what a running node says of itself and from
            `tests/compat/differences.tsv`; a test fails when it is not up to date.

            | Group | Works | Differs | Not yet |
            |---|--:|--:|--:|

            """);
        IGrouping<string, RedisCommand>[] groups = [.. _commands.GroupBy(command => command.Group)];
        foreach (IGrouping<string, RedisCommand> group in groups)
        {
            AppendCounts(text, group.Key.Replace('_', ' '), group);
        }

        AppendCounts(text, "all", _commands);
        foreach (IGrouping<string, RedisCommand> group in groups)
        {
            AppendGroup(text, group);
        }

        return text.ToString();
    }

    private void AppendCounts(StringBuilder text, string title, IEnumerable<RedisCommand> commands)
    {
        ILookup<string, RedisCommand> states = commands.ToLookup(StateOf);
        int works = states[Works].Count();
        int notYet = states[NotYet].Count();
        int differs = states.Sum(state => state.Count()) - works - notYet;
        text.Append(CultureInfo.InvariantCulture, $"| {title} | {works} | {differs} | {notYet} |\n");
    }

    private void AppendGroup(StringBuilder text, IGrouping<string, RedisCommand> group)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {group.Key.Replace('_', ' ')}\n\n| Command | Since | State |\n|---|---|---|\n");
        foreach (RedisCommand command in group)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {command.Name} | {command.Since} | {StateOf(command)} |\n");
        }
    }

    private string StateOf(RedisCommand command) =>
        !_present.Contains(command.Name) ? NotYet
        : _reasons.TryGetValue(command.Name, out string? reason) ? $"differs: {reason}"
        : Works;

    private static string NameOf(string listed) => listed.ToUpperInvariant().Replace('|', ' ');
}
