using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Modules.PubSub;

/// <summary>PUBLISH and SPUBLISH.</summary>
internal sealed class Publishing(MessageHub hub)
{
    internal Reply ToChannel(in CommandCall call) => Publish(call, SubscriptionKind.Channel);

    internal Reply ToShard(in CommandCall call) => Publish(call, SubscriptionKind.Shard);

    private Reply Publish(in CommandCall call, SubscriptionKind kind)
    {
        if (!call.Session.InTransaction)
        {
            return Reply.Integer(hub.Publish(kind, call.Args[1], call.Args[2]));
        }

        // A transaction may still be taken back, and tells what it did in the order it did it.
        byte[] channel = call.Args[1].ToArray();
        byte[] message = call.Args[2].ToArray();
        call.Keyspace.AfterCommit(() => hub.Publish(kind, channel, message));
        return Reply.Integer(hub.ReceiversOf(kind, channel));
    }
}
