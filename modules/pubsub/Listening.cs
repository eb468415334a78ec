using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.PubSub;

/// <summary>SUBSCRIBE and UNSUBSCRIBE of one kind. Each name is confirmed by a push of its own.</summary>
internal sealed class Listening(MessageHub hub, SubscriptionKind kind, string prefix)
{
    private readonly byte[] _begun = Encoding.ASCII.GetBytes($"{prefix.ToLowerInvariant()}subscribe");
    private readonly byte[] _ended = Encoding.ASCII.GetBytes($"{prefix.ToLowerInvariant()}unsubscribe");

    internal Reply Begin(in CommandCall call)
    {
        for (int i = 1; i < call.Args.Count; i++)
        {
            hub.Subscribe(call.Session, kind, call.Args[i]);
            Confirm(call, _begun, call.Args[i]);
        }

        return Reply.Written;
    }

    internal Reply End(in CommandCall call)
    {
        for (int i = 1; i < call.Args.Count; i++)
        {
            hub.Unsubscribe(call.Session, kind, call.Args[i]);
            Confirm(call, _ended, call.Args[i]);
        }

        if (call.Args.Count == 1)
        {
            EndAll(call);
        }

        return Reply.Written;
    }

    private void EndAll(in CommandCall call)
    {
        IReadOnlyList<byte[]> names = call.Session.Subscriptions.Names(kind);
        foreach (byte[] name in names)
        {
            hub.Unsubscribe(call.Session, kind, name);
            Confirm(call, _ended, name);
        }

        if (names.Count == 0)
        {
            Head(call.Writer, _ended);
            call.Writer.Nil();
            call.Writer.Integer(CountOf(call.Session.Subscriptions));
        }
    }

    private void Confirm(in CommandCall call, byte[] word, ReadOnlySpan<byte> name)
    {
        Head(call.Writer, word);
        call.Writer.Bulk(name);
        call.Writer.Integer(CountOf(call.Session.Subscriptions));
    }

    /// <summary>Channels and patterns are counted together, shard channels apart.</summary>
    private long CountOf(Subscriptions subscriptions) => kind == SubscriptionKind.Shard
        ? subscriptions.Count(SubscriptionKind.Shard)
        : subscriptions.Count(SubscriptionKind.Channel) + subscriptions.Count(SubscriptionKind.Pattern);

    private static void Head(RespWriter writer, byte[] word)
    {
        writer.Push(3);
        writer.Bulk(word);
    }
}
