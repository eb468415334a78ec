using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>The words COMMAND uses for what a row says: its flags.</summary>
internal static class CommandWords
{
    private static readonly (CommandFlags Flag, string Word)[] FlagWords =
    [
        (CommandFlags.Write, "write"),
        (CommandFlags.ReadOnly, "readonly"),
        (CommandFlags.DenyOom, "denyoom"),
        (CommandFlags.Admin, "admin"),
        (CommandFlags.PubSub, "pubsub"),
        (CommandFlags.NoScript, "noscript"),
        (CommandFlags.Blocking, "blocking"),
        (CommandFlags.Loading, "loading"),
        (CommandFlags.Stale, "stale"),
        (CommandFlags.SkipMonitor, "skip_monitor"),
        (CommandFlags.SkipSlowlog, "skip_slowlog"),
        (CommandFlags.Fast, "fast"),
        (CommandFlags.NoAuth, "no_auth"),
        (CommandFlags.NoAsyncLoading, "no_async_loading"),
        (CommandFlags.NoMulti, "no_multi"),
        (CommandFlags.MovableKeys, "movablekeys"),
    ];

    /// <summary>The flags of a row.</summary>
    public static List<string> FlagsOf(CommandSpec spec) =>
        [.. FlagWords.Where(f => spec.Has(f.Flag)).Select(f => f.Word)];
}
