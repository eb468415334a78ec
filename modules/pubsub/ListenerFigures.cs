using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Modules.PubSub;

/// <summary>The subcommands of PUBSUB: what the clients of this node listen to.</summary>
internal sealed class ListenerFigures(MessageHub hub)
{
    private static readonly string[] HelpLines =
    [
        "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CHANNELS [<pattern>]",
        "    List the channels someone listens to, those matching <pattern> if it is given.",
        "NUMPAT",
        "    Count the patterns someone listens to.",
        "NUMSUB [<channel> ...]",
        "    Count who listens to each channel by its name.",
        "SHARDCHANNELS [<pattern>]",
        "    List the shard channels someone listens to, those matching <pattern> if it is given.",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Count who listens to each shard channel.",
        "HELP",
        "    Print this help.",
    ];

    internal Reply Channels(in CommandCall call) => List(call, SubscriptionKind.Channel);

    internal Reply ShardChannels(in CommandCall call) => List(call, SubscriptionKind.Shard);

    internal Reply CountChannels(in CommandCall call) => Count(call, SubscriptionKind.Channel);

    internal Reply CountShardChannels(in CommandCall call) => Count(call, SubscriptionKind.Shard);

    internal Reply CountPatterns(in CommandCall call) => Reply.Integer(hub.Count(SubscriptionKind.Pattern));

    internal static Reply Help(in CommandCall call)
    {
        call.Writer.Array(HelpLines.Length);
        foreach (string line in HelpLines)
        {
            call.Writer.Simple(Encoding.ASCII.GetBytes(line));
        }

        return Reply.Written;
    }

    private Reply List(in CommandCall call, SubscriptionKind kind)
    {
        if (call.Args.Count > 3)
        {
            string shown = Encoding.Latin1.GetString(call.Args[1]);
            return Reply.Error(
                $"ERR unknown subcommand or wrong number of arguments for '{shown}'. Try PUBSUB HELP.");
        }

        List<byte[]> names = [.. hub.Names(kind)];
        for (int i = names.Count - 1; i >= 0 && call.Args.Count == 3; i--)
        {
            if (!GlobPattern.Matches(call.Args[2], names[i]))
            {
                names.RemoveAt(i);
            }
        }

        call.Writer.Array(names.Count);
        foreach (byte[] name in names)
        {
            call.Writer.Bulk(name);
        }

        return Reply.Written;
    }

    private Reply Count(in CommandCall call, SubscriptionKind kind)
    {
        call.Writer.Array((call.Args.Count - 2) * 2);
        for (int i = 2; i < call.Args.Count; i++)
        {
            call.Writer.Bulk(call.Args[i]);
            call.Writer.Integer(hub.ListenersOf(kind, call.Args[i]));
        }

        return Reply.Written;
    }
}
