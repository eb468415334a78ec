using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.PubSub;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Messaging.SubscriptionKind;

[assembly: MarekvsPlugin(typeof(PubSubModule))]

namespace Marekvs.Modules.PubSub;

/// <summary>Publishing messages and listening to them.</summary>
/// <param name="hub">Brings messages to who listens.</param>
public sealed class PubSubModule(MessageHub hub) : IModule
{
    private const CommandFlags Anywhere = CommandFlags.PubSub | Loading | Stale;
    private const CommandFlags Subscribes = Anywhere | NoScript | AllowedWhenSubscribed;
    private const CommandFlags Publishes = Anywhere | Fast | MayReplicate;

    private const string EachName = "O(N) where N is the number of names given.";
    private const string EveryChannel = "O(N) where N is the number of channels listened to.";
    private const string EveryListener =
        "O(N+M) where N is the number of listeners of the channel and M the number of all patterns.";

    private static readonly KeySpec AllSlots = KeySpec.SlotOnly(1, -1);

    /// <inheritdoc/>
    public string Name => "pubsub";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        RegisterListening(registry, Channel, "", "2.0.0", "channels", KeySpec.None);
        RegisterListening(registry, Pattern, "P", "2.0.0", "channels whose names match patterns", KeySpec.None);
        RegisterListening(registry, Shard, "S", "7.0.0", "shard channels", AllSlots);

        var publishing = new Publishing(hub);
        var figures = new ListenerFigures(hub);
        registry.AddCommands(
            "pubsub",
            Row("PUBLISH", 3, Publishes, publishing.ToChannel, "2.0.0", EveryListener,
                "Publishes a message on a channel.").OnChannels(KeySpec.One),
            Row("SPUBLISH", 3, Publishes, KeySpec.SlotOnly(1, 1), publishing.ToShard, "7.0.0",
                "O(N) where N is the number of listeners of the shard channel.",
                "Publishes a message on a shard channel.").OnChannels(KeySpec.One),
            Row("PUBSUB|CHANNELS", -2, Anywhere, figures.Channels, "2.8.0", EveryChannel,
                "Lists the channels someone listens to."),
            Row("PUBSUB|NUMSUB", -2, Anywhere, figures.CountChannels, "2.8.0", EachName,
                "Counts the listeners of channels."),
            Row("PUBSUB|NUMPAT", 2, Anywhere, figures.CountPatterns, "2.8.0", "O(1)",
                "Counts the patterns someone listens to."),
            Row("PUBSUB|SHARDCHANNELS", -2, Anywhere, figures.ShardChannels, "7.0.0", EveryChannel,
                "Lists the shard channels someone listens to."),
            Row("PUBSUB|SHARDNUMSUB", -2, Anywhere, figures.CountShardChannels, "7.0.0", EachName,
                "Counts the listeners of shard channels."),
            Row("PUBSUB|HELP", 2, Loading | Stale, ListenerFigures.Help, "6.2.0", "O(1)",
                "Describes the subcommands."));
    }

    private void RegisterListening(
        IModuleRegistry registry, SubscriptionKind kind, string prefix, string since, string things, KeySpec keys)
    {
        var listening = new Listening(hub, kind, prefix);
        registry.AddCommands(
            "pubsub",
            Row($"{prefix}SUBSCRIBE", -2, Subscribes, keys, listening.Begin, since, EachName,
                $"Listens to {things}.").OnChannels(KeySpec.All, arePatterns: kind == Pattern),
            Row($"{prefix}UNSUBSCRIBE", -1, Subscribes, keys, listening.End, since, EachName,
                $"Stops listening to {things}."));
    }
}
