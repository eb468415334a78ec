using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Access;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>COMMAND and its subcommands, answered from the rows.</summary>
internal sealed class CommandQueries(ServerContext server)
{
    public Reply All(in CommandCall call)
    {
        IReadOnlyList<CommandEntry> commands = server.Table.Commands;
        call.Writer.Array(commands.Count);
        foreach (CommandEntry entry in commands)
        {
            CommandDescription.WriteInfo(call.Writer, entry);
        }

        return Reply.Written;
    }

    public Reply Count(in CommandCall call) => Reply.Integer(server.Table.Commands.Count);

    public Reply Info(in CommandCall call)
    {
        if (call.Args.Count == 2)
        {
            return All(call);
        }

        call.Writer.Array(call.Args.Count - 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (Find(call.Args[i]) is { } entry)
            {
                CommandDescription.WriteInfo(call.Writer, entry);
            }
            else
            {
                call.Writer.Nil();
            }
        }

        return Reply.Written;
    }

    public Reply Docs(in CommandCall call)
    {
        List<CommandEntry> found = [];
        for (int i = 2; i < call.Args.Count; i++)
        {
            if (Find(call.Args[i]) is { } entry)
            {
                found.Add(entry);
            }
        }

        IReadOnlyList<CommandEntry> shown = call.Args.Count == 2 ? server.Table.Commands : found;
        call.Writer.Map(shown.Count);
        foreach (CommandEntry entry in shown)
        {
            CommandDescription.WriteDocs(call.Writer, entry);
        }

        return Reply.Written;
    }

    public Reply List(in CommandCall call)
    {
        IEnumerable<CommandEntry> shown = server.Table.All;
        if (call.Args.Count > 2)
        {
            if (call.Args.Count != 5 || !Ascii.EqualsIgnoreCase(call.Args[2], "FILTERBY"u8))
            {
                return Reply.SyntaxError;
            }

            byte[] pattern = call.Args[4].ToArray();
            string name = Encoding.UTF8.GetString(pattern);
            if (Ascii.EqualsIgnoreCase(call.Args[3], "MODULE"u8))
            {
                shown = shown.Where(e => e.Module.Equals(name, StringComparison.OrdinalIgnoreCase));
            }
            else if (Ascii.EqualsIgnoreCase(call.Args[3], "ACLCAT"u8))
            {
                shown = shown.Where(e => AclCategories.Has(e, name));
            }
            else if (Ascii.EqualsIgnoreCase(call.Args[3], "PATTERN"u8))
            {
                shown = shown.Where(
                    e => GlobPattern.Matches(pattern, Encoding.ASCII.GetBytes(e.DisplayName), ignoreCase: true));
            }
            else
            {
                return Reply.SyntaxError;
            }
        }

        List<CommandEntry> entries = [.. shown];
        call.Writer.Array(entries.Count);
        foreach (CommandEntry entry in entries)
        {
            call.Writer.Bulk(entry.DisplayName);
        }

        return Reply.Written;
    }

    public Reply GetKeys(in CommandCall call) => WriteKeys(call, withFlags: false);

    public Reply GetKeysAndFlags(in CommandCall call) => WriteKeys(call, withFlags: true);

    private Reply WriteKeys(in CommandCall call, bool withFlags)
    {
        var inner = new CommandArgs(call.Args.Bytes, call.Args.Ranges[2..]);
        CommandEntry? entry = server.Table.Find(inner, out _);
        if (entry is null)
        {
            return Reply.Error("ERR Invalid command specified"u8);
        }

        CommandSpec spec = entry.Spec;
        if (spec.Keys is { Finder: null, First: 0 } or { IsSlotOnly: true })
        {
            return Reply.Error("ERR The command has no key arguments"u8);
        }

        if (!spec.Accepts(inner.Count))
        {
            return Reply.Error("ERR Invalid number of arguments specified for command"u8);
        }

        List<int> keys = [];
        if (!spec.Keys.TryFind(inner, keys) || keys.Count == 0)
        {
            return Reply.Error("ERR Invalid arguments specified for command"u8);
        }

        call.Writer.Array(keys.Count);
        for (int i = 0; i < keys.Count; i++)
        {
            if (withFlags)
            {
                call.Writer.Array(2);
            }

            call.Writer.Bulk(inner[keys[i]]);
            if (withFlags)
            {
                CommandDescription.WriteKeyUse(call.Writer, spec.UseOf(inner, i));
            }
        }

        return Reply.Written;
    }

    /// <summary>Finds <c>get</c> or <c>config|get</c>.</summary>
    private CommandEntry? Find(ReadOnlySpan<byte> name)
    {
        int bar = name.IndexOf((byte)'|');
        return bar < 0
            ? server.Table.Find(name)
            : server.Table.Find(name[..bar])?.SubcommandIndex?.Find(name[(bar + 1)..]);
    }
}
