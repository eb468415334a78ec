using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Access;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>Writes a row in the shapes of COMMAND INFO and COMMAND DOCS.</summary>
internal static class CommandDescription
{
    private static readonly (KeyUse Use, string Name)[] UseWords =
    [
        (KeyUse.RO, "RO"), (KeyUse.RW, "RW"), (KeyUse.OW, "OW"), (KeyUse.RM, "RM"), (KeyUse.Access, "access"),
        (KeyUse.Update, "update"), (KeyUse.Insert, "insert"), (KeyUse.Delete, "delete"), (KeyUse.NotKey, "not_key"),
    ];

    /// <summary>The ten fields of COMMAND INFO.</summary>
    public static void WriteInfo(RespWriter writer, CommandEntry entry)
    {
        CommandSpec spec = entry.Spec;
        List<string> flags = CommandWords.FlagsOf(spec);
        List<string> categories = AclCategories.Of(entry);
        writer.Array(10);
        writer.Bulk(entry.DisplayName);
        writer.Integer(spec.Arity);
        WriteStatusSet(writer, flags);
        writer.Integer(spec.Keys.First);
        writer.Integer(spec.Keys.Last);
        writer.Integer(spec.Keys.Step);
        WriteStatusSet(writer, [.. categories.Select(c => "@" + c)]);
        writer.Set(spec.Tips.Count);
        foreach (string tip in spec.Tips)
        {
            writer.Bulk(tip);
        }

        WriteKeySpecifications(writer, spec);
        WriteSubcommands(writer, entry);
    }

    private static void WriteSubcommands(RespWriter writer, CommandEntry entry)
    {
        if (entry.Subcommands.Count == 0)
        {
            // A set here and an array below, as Redis has it.
            writer.Set(0);
            return;
        }

        writer.Array(entry.Subcommands.Count);
        foreach (CommandEntry subcommand in entry.Subcommands)
        {
            WriteInfo(writer, subcommand);
        }
    }

    /// <summary>The name and the fields of COMMAND DOCS: one pair of a map.</summary>
    public static void WriteDocs(RespWriter writer, CommandEntry entry)
    {
        CommandSpec spec = entry.Spec;
        bool hasComplexity = spec.Complexity.Length > 0;
        bool hasSubcommands = entry.Subcommands.Count > 0;
        writer.Bulk(entry.DisplayName);
        writer.Map(3 + (hasComplexity ? 1 : 0) + (hasSubcommands ? 1 : 0));
        WriteField(writer, "summary", spec.Summary);
        WriteField(writer, "since", spec.Since);
        WriteField(writer, "group", spec.Group);
        if (hasComplexity)
        {
            WriteField(writer, "complexity", spec.Complexity);
        }

        if (hasSubcommands)
        {
            writer.Bulk("subcommands"u8);
            writer.Map(entry.Subcommands.Count);
            foreach (CommandEntry subcommand in entry.Subcommands)
            {
                WriteDocs(writer, subcommand);
            }
        }
    }

    /// <summary>What is done with a key, in the words of key specifications.</summary>
    public static void WriteKeyUse(RespWriter writer, KeyUse use, bool isVariable = false)
    {
        List<string> words = [.. UseWords.Where(word => (use & word.Use) != 0).Select(word => word.Name)];
        if (isVariable)
        {
            words.Add("variable_flags");
        }

        WriteStatusSet(writer, words);
    }

    private static void WriteKeySpecifications(RespWriter writer, CommandSpec spec)
    {
        KeySpec keys = spec.Keys;
        if (keys.Finder is null && keys.First == 0)
        {
            writer.Set(0);
            return;
        }

        if (keys.Finder is null && keys.FirstUse != keys.RestUse && keys.Last != keys.First)
        {
            // One specification for each of the two uses.
            int next = keys.First + keys.Step;
            writer.Set(2);
            WriteKeySpecification(writer, spec, spec.UseOf(0), KeySpec.Range(keys.First, keys.First));
            WriteKeySpecification(writer, spec, spec.UseOf(1), KeySpec.Range(next, keys.Last, keys.Step));
            return;
        }

        if (keys.Count > 0 && keys.First > 0)
        {
            writer.Set(2);
            WriteKeySpecification(writer, spec, spec.UseOf(0), KeySpec.Range(keys.First, keys.First));
            WriteKeySpecification(writer, spec, spec.UseOf(1), keys);
            return;
        }

        if (keys.UnnamedUse != KeyUse.None)
        {
            // The first key, what data names, and what only the arguments tell.
            bool hasRest = keys.FirstUse != keys.RestUse;
            writer.Set(hasRest ? 3 : 2);
            WriteKeySpecification(writer, spec, spec.UseOf(0), KeySpec.Range(keys.First, keys.First));
            WriteKeySpecification(writer, spec, keys.UnnamedUse, keys);
            if (hasRest)
            {
                WriteKeySpecification(writer, spec, spec.UseOf(1), keys);
            }

            return;
        }

        writer.Set(1);
        WriteKeySpecification(writer, spec, spec.UseOf(0), keys);
    }

    private static void WriteKeySpecification(RespWriter writer, CommandSpec spec, KeyUse use, KeySpec keys)
    {
        writer.Map(3);
        writer.Bulk("flags"u8);
        WriteKeyUse(writer, use, spec.Keys.UseFinder is not null);
        if (keys.Count > 0)
        {
            WriteSearch(writer, "begin_search", "index", ("index", keys.Count));
            WriteSearch(writer, "find_keys", "keynum", ("keynumidx", 0), ("firstkey", 1), ("keystep", 1));
            return;
        }

        if (keys is { Finder: not null, IsSlotOnly: false })
        {
            WriteSearch(writer, "begin_search", "unknown");
            WriteSearch(writer, "find_keys", "unknown");
            return;
        }

        WriteSearch(writer, "begin_search", "index", ("index", keys.First));
        int last = keys.Last < 0 ? keys.Last : keys.Last - keys.First;
        WriteSearch(writer, "find_keys", "range", ("lastkey", last), ("keystep", keys.Step), ("limit", 0));
    }

    private static void WriteSearch(
        RespWriter writer, string name, string type, params (string Name, long Value)[] spec)
    {
        writer.Bulk(name);
        writer.Map(2);
        WriteField(writer, "type", type);
        writer.Bulk("spec"u8);
        writer.Map(spec.Length);
        foreach ((string field, long value) in spec)
        {
            writer.Bulk(field);
            writer.Integer(value);
        }
    }

    private static void WriteStatusSet(RespWriter writer, List<string> words)
    {
        writer.Set(words.Count);
        foreach (string word in words)
        {
            writer.Simple(Encoding.ASCII.GetBytes(word));
        }
    }

    private static void WriteField(RespWriter writer, string name, string value)
    {
        writer.Bulk(name);
        writer.Bulk(value);
    }
}
