using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Access;

/// <summary>Why a command is refused. Of several selectors' reasons the greatest is told.</summary>
internal enum AclReason
{
    None,
    Command,
    Key,
    Password,
    Channel,
}

/// <summary>A refusal, or none.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Argument">The argument with the key or channel.</param>
internal readonly record struct AclDenial(AclReason Reason, int Argument = 0)
{
    public bool IsNone => Reason == AclReason.None;

    /// <summary>The error a client gets.</summary>
    /// <param name="user">Who was refused.</param>
    /// <param name="entry">What it wanted to run.</param>
    /// <param name="args">With which arguments.</param>
    public byte[] Refusal(AclUser user, CommandEntry entry, CommandArgs args) =>
        [.. "NOPERM "u8, .. Text(user, entry, args, namesObject: false)];

    /// <summary>The message for a client, without its code.</summary>
    /// <param name="user">Who was refused.</param>
    /// <param name="entry">What it wanted to run.</param>
    /// <param name="args">With which arguments.</param>
    /// <param name="namesObject">Whether the key or channel is named; what others chose is not shown to whom it is
    /// kept from.</param>
    public byte[] Text(AclUser user, CommandEntry entry, CommandArgs args, bool namesObject) => Reason switch
    {
        AclReason.Command => Encoding.UTF8.GetBytes(
            $"User {user.Name} has no permissions to run the '{entry.DisplayName}' command"),
        AclReason.Key => namesObject ? Named(user, args, "key"u8) : [.. "No permissions to access a key"u8],
        _ => namesObject ? Named(user, args, "channel"u8) : [.. "No permissions to access a channel"u8],
    };

    private byte[] Named(AclUser user, CommandArgs args, ReadOnlySpan<byte> kind) =>
    [
        .. "User "u8, .. Encoding.UTF8.GetBytes(user.Name), .. " has no permissions to access the '"u8,
        .. args[Argument], .. "' "u8, .. kind,
    ];
}
