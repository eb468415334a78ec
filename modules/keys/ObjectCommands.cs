using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>The subcommands of OBJECT.</summary>
internal static class ObjectCommands
{
    private static readonly string[] HelpLines =
    [
        "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
        "HELP",
        "    Prints this help.",
    ];

    internal static Reply EncodingOf(in CommandCall call)
    {
        Key key = call.Open(call.Args[2]);
        return key.Type is KeyType type ? Reply.Bulk(Encoding.ASCII.GetBytes(type.Encoding(key))) : Reply.Nil;
    }

    /// <summary>Frequencies are not counted, which Redis answers too unless it evicts by frequency.</summary>
    internal static Reply Frequency(in CommandCall call) => call.Open(call.Args[2]).Exists
        ? Reply.Error(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "u8 +
            "switching between policies at runtime LRU and LFU data will take some time to adjust."u8)
        : Reply.Nil;

    internal static Reply IdleTime(in CommandCall call)
    {
        Key key = call.Open(call.Args[2]);
        return key.Exists ? Reply.Integer(call.Keyspace.IdleMilliseconds(key) / 1000) : Reply.Nil;
    }

    internal static Reply ReferenceCount(in CommandCall call) =>
        call.Open(call.Args[2]).Exists ? Reply.Integer(1) : Reply.Nil;

    internal static Reply Help(in CommandCall call)
    {
        RespWriter writer = call.Writer;
        writer.Array(HelpLines.Length);
        foreach (string line in HelpLines)
        {
            writer.Simple(Encoding.ASCII.GetBytes(line));
        }

        return Reply.Written;
    }
}
