using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>The answer of a HELP subcommand: a heading, then each subcommand with what it does.</summary>
internal static class HelpText
{
    /// <summary>Makes the handler of a HELP row.</summary>
    /// <param name="container">The command, in capitals.</param>
    /// <param name="lines">Usage and meaning of each subcommand.</param>
    public static CommandHandler For(string container, params (string Usage, string Meaning)[] lines)
    {
        byte[][] text =
        [
            Encoding.UTF8.GetBytes(
                $"{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"),
            .. lines.Append(("HELP", "Prints this help."))
                .SelectMany(l => new[] { Encoding.UTF8.GetBytes(l.Item1), Encoding.UTF8.GetBytes("    " + l.Item2) }),
        ];
        return (in CommandCall call) =>
        {
            call.Writer.Array(text.Length);
            foreach (byte[] line in text)
            {
                call.Writer.Simple(line);
            }

            return Reply.Written;
        };
    }
}
