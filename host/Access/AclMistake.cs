namespace Marekvs.Host.Access;

/// <summary>What can be wrong with one word of a user's rules.</summary>
internal enum AclMistake
{
    None,
    Syntax,
    UnknownCommand,
    KeysAfterAll,
    ChannelsAfterAll,
    NoSuchPassword,
    BadHash,
    FirstArgumentOfSubcommand,
}

/// <summary>The mistakes in Redis's words.</summary>
internal static class AclMistakeTexts
{
    /// <summary>What to tell the client.</summary>
    /// <param name="mistake">The mistake.</param>
    public static string Text(this AclMistake mistake) => mistake switch
    {
        AclMistake.UnknownCommand => "Unknown command or category name in ACL",
        AclMistake.KeysAfterAll =>
            "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect."
            + " Try 'resetkeys' to start with an empty list of patterns",
        AclMistake.ChannelsAfterAll =>
            "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any"
            + " effect. Try 'resetchannels' to start with an empty list of channels",
        AclMistake.NoSuchPassword => "The password you are trying to remove from the user does not exist",
        AclMistake.BadHash =>
            "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters",
        AclMistake.FirstArgumentOfSubcommand => "Allowing first-arg of a subcommand is not supported",
        _ => "Syntax error",
    };
}
