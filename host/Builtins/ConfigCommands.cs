using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>CONFIG and its subcommands.</summary>
internal sealed class ConfigCommands(ServerContext server, IReadOnlyList<ConfigParameter> parameters, ConfigRewrite rewrite)
{

    public Reply Get(in CommandCall call)
    {
        List<ConfigParameter> found = [];
        foreach (ConfigParameter parameter in parameters)
        {
            for (int i = 2; i < call.Args.Count; i++)
            {
                if (GlobPattern.Matches(call.Args[i], Encoding.ASCII.GetBytes(parameter.Name), ignoreCase: true))
                {
                    found.Add(parameter);
                    break;
                }
            }
        }

        call.Writer.Map(found.Count);
        foreach (ConfigParameter parameter in found)
        {
            call.Writer.Bulk(parameter.Name);
            call.Writer.Bulk(parameter.Get());
        }

        return Reply.Written;
    }

    /// <summary>Changes all of the given parameters or none.</summary>
    public Reply Set(in CommandCall call)
    {
        if (call.Args.Count % 2 != 0)
        {
            return Reply.Error("ERR wrong number of arguments for 'config|set' command"u8);
        }

        List<ConfigParameter> set = [];
        List<Action> changes = [];
        for (int i = 2; i < call.Args.Count; i += 2)
        {
            string name = Encoding.UTF8.GetString(call.Args[i]);
            ConfigParameter? parameter = parameters.FirstOrDefault(
                p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (parameter is null)
            {
                return Reply.Error($"ERR Unknown option or number of arguments for CONFIG SET - '{name}'");
            }

            if (set.Contains(parameter))
            {
                return Refuse(parameter, "duplicate parameter");
            }

            if (parameter.Set is null)
            {
                return Refuse(parameter, "can't set immutable config");
            }

            if (parameter.Set(Encoding.UTF8.GetString(call.Args[i + 1]), out Action change) is { } mistake)
            {
                return Refuse(parameter, mistake);
            }

            if (parameter.IsSecret && call.Session is Session session && i < 63)
            {
                session.RedactedArguments |= 1UL << (i + 1);
            }

            set.Add(parameter);
            changes.Add(change);
        }

        changes.ForEach(change => change());
        rewrite.Note(set);
        return Reply.Ok;
    }

    public Reply ResetStatistics(in CommandCall call)
    {
        server.Statistics.Reset();
        foreach (Commands.CommandEntry entry in server.Table.All)
        {
            entry.ResetFigures();
        }

        return Reply.Ok;
    }

    private static Reply Refuse(ConfigParameter parameter, string mistake) => Reply.Error(
        $"ERR CONFIG SET failed (possibly related to argument '{parameter.Name}') - {mistake}");
}
