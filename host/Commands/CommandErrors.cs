using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Commands;

/// <summary>The answers to commands that never reach a handler; Redis's own words.</summary>
internal static class CommandErrors
{
    // Redis shows this much of what it does not know.
    private const int ShownBytesMax = 128;

    public static ReadOnlySpan<byte> NoAuth => "NOAUTH Authentication required."u8;

    public static ReadOnlySpan<byte> Unblocked => "UNBLOCKED client unblocked via CLIENT UNBLOCK"u8;

    /// <summary>Its code is one that no client library takes for an invitation to try again by itself.</summary>
    public static ReadOnlySpan<byte> InDoubt =>
        "INDOUBT the node that was to run this command was lost before it answered: the command may have been executed or not"u8;

    /// <summary>The number of arguments is wrong.</summary>
    /// <param name="displayName">The command as Redis shows it.</param>
    public static byte[] WrongArity(string displayName) =>
        Encoding.UTF8.GetBytes($"ERR wrong number of arguments for '{displayName}' command");

    /// <summary>The command cannot be run while subscribed under RESP2, where replies and messages look alike.</summary>
    /// <param name="displayName">The command as Redis shows it.</param>
    public static byte[] WhileSubscribed(string displayName) => Encoding.UTF8.GetBytes(
        $"ERR Can't execute '{displayName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");

    /// <summary>No such command; shows the beginning of what was sent.</summary>
    /// <param name="args">What was sent.</param>
    public static byte[] UnknownCommand(CommandArgs args)
    {
        List<byte> shown = [];
        for (int i = 1; i < args.Count && shown.Count < ShownBytesMax; i++)
        {
            int room = ShownBytesMax - shown.Count;
            shown.AddRange("'"u8);
            shown.AddRange(Shown(args[i], room));
            shown.AddRange("' "u8);
        }

        return
        [
            .. "ERR unknown command '"u8, .. Shown(args[0], ShownBytesMax), .. "', with args beginning with: "u8,
            .. shown,
        ];
    }

    /// <summary>No such subcommand.</summary>
    /// <param name="args">What was sent.</param>
    public static byte[] UnknownSubcommand(CommandArgs args) =>
    [
        .. "ERR unknown subcommand '"u8, .. Shown(args[1], ShownBytesMax), .. "'. Try "u8,
        .. Capitals(args[0]), .. " HELP."u8,
    ];

    /// <summary>A subcommand with more arguments than it takes.</summary>
    /// <param name="args">What was sent.</param>
    public static byte[] SubcommandSyntax(CommandArgs args) =>
    [
        .. "ERR unknown subcommand or wrong number of arguments for '"u8, .. Shown(args[1], ShownBytesMax),
        .. "'. Try "u8, .. Capitals(args[0]), .. " HELP."u8,
    ];

    /// <summary>Whether a client sends an HTTP request.</summary>
    /// <param name="name">What it sent as a command.</param>
    public static bool IsHttp(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "POST"u8) || Ascii.EqualsIgnoreCase(name, "Host:"u8);

    private static byte[] Capitals(ReadOnlySpan<byte> name) =>
        Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(name).ToUpperInvariant());

    private static ReadOnlySpan<byte> Shown(ReadOnlySpan<byte> text, int bytesMax)
    {
        int zero = text.IndexOf((byte)0);
        text = zero < 0 ? text : text[..zero];
        return text.Length > bytesMax ? text[..bytesMax] : text;
    }
}
