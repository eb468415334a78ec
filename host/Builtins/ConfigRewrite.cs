using System.Text.Json;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Access;
using Marekvs.Host.Settings;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Builtins;

/// <summary>CONFIG REWRITE: what was changed while the node ran goes into <c>modules.json</c>, the rest of which stays.
/// </summary>
/// <param name="server">The node.</param>
/// <param name="parameters">All parameters.</param>
/// <param name="logger">Where it is told what was written.</param>
internal sealed class ConfigRewrite(
    ServerContext server, IReadOnlyList<ConfigParameter> parameters, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ConfigParameter> _changed = [];

    /// <summary>Remembers that parameters were set.</summary>
    public void Note(IEnumerable<ConfigParameter> parameters)
    {
        lock (_lock)
        {
            _changed.UnionWith(parameters.Where(parameter => parameter.Kept is not null));
        }
    }

    /// <summary>CONFIG REWRITE.</summary>
    public Reply WriteChanged(in CommandCall call) => Answer(Write());

    /// <summary>Writes all that can be changed, whether it was or not (DEBUG CONFIG-REWRITE-FORCE-ALL).</summary>
    public Reply WriteAll(in CommandCall call)
    {
        Note(parameters);
        return Answer(Write());
    }

    private static Reply Answer(string? mistake) => mistake is null ? Reply.Ok : Reply.Error($"ERR {mistake}");

    /// <summary>Writes the file.</summary>
    /// <returns>Null, or what is wrong.</returns>
    private string? Write()
    {
        string file = server.Settings.File;
        if (!File.Exists(file))
        {
            return "The server is running without a config file";
        }

        lock (_lock)
        {
            UserDirectory users = server.Clients.Users;
            IReadOnlyList<string> lines = users.Lines();
            List<KeyValuePair<Setting, string>> values =
            [
                .. _changed.Select(parameter =>
                    KeyValuePair.Create(parameter.Kept!, (parameter.Spelling ?? parameter.Get)())),
            ];
            if (users.FilePath.Length == 0 && !lines.SequenceEqual(users.KeptLines))
            {
                values.Add(KeyValuePair.Create<Setting, string>(SettingTable.Users, string.Join('\n', lines)));
            }

            try
            {
                ConfigFile.Write(file, values);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return $"Rewriting config file: {e.Message}";
            }

            _changed.Clear();
            users.KeptLines = lines;
            Report(file, values);
            return null;
        }
    }

    private void Report(string file, List<KeyValuePair<Setting, string>> values)
    {
        logger.LogInformation(
            "Written to {File}: {Settings}", file, string.Join(", ", values.Select(value => value.Key.Name)));
        foreach ((Setting setting, _) in values)
        {
            if (server.Settings.FromEnvironment.Contains(setting))
            {
                logger.LogWarning(
                    "{Setting} is in {File} now, but {Variable} in the environment will win at the next start",
                    setting.Name, file, setting.Variable);
            }
        }
    }
}
