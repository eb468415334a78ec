using System.Reflection;

namespace Marekvs.Compat.Commands;

/// <summary>A row of the published commands of Redis, a subcommand with a space in its name.</summary>
internal sealed record RedisCommand(string Name, string Group, string Since)
{
    /// <summary>All of Redis 7.4, and those of Redis 8 that a node has.</summary>
    public static IReadOnlyList<RedisCommand> ReadAll()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("redis-commands.tsv")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(line => line.Split('\t'))
                .Select(cells => new RedisCommand(cells[0], cells[1], cells[2])),
        ];
    }
}
