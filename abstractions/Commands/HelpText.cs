using System.Text;

namespace Marekvs.Abstractions.Commands;

/// <summary>The answer of a HELP subcommand: a heading, then each subcommand with what it does.</summary>
public static class HelpText
{
    /// <summary>Makes the handler of a HELP row.</summary>
    /// <param name="container">The command, in capitals.</param>
    /// <param name="lines">Usage and meaning of each subcommand; a meaning may have several lines.</param>
    public static CommandHandler For(string container, params (string Usage, string Meaning)[] lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        byte[][] text =
        [
            Encoding.UTF8.GetBytes(
                $"{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"),
            .. lines.Append(("HELP", "Prints this help."))
                .SelectMany(line => line.Item2.Split('\n').Select(meaning => "    " + meaning).Prepend(line.Item1))
                .Select(Encoding.UTF8.GetBytes),
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
