using System.Text;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Publishing;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Publishing;

/// <summary>A node as publishing sees it: its clients, and its part of the conversation.</summary>
internal sealed class Site
{
    public Site(ushort number)
    {
        Number = number;
        Publication = new Publication(Hub, Outbox, _ => Backlog, () => Woken++);
        Hub.Relay = Publication;
        Conversations = new Conversations(Outbox, Publication);
    }

    public ushort Number { get; }

    public MessageHub Hub { get; } = new();

    public Publication Publication { get; }

    public Conversations Conversations { get; }

    public Queue<Outgoing> Outbox { get; } = new();

    /// <summary>Bytes that wait for every peer.</summary>
    public long Backlog { get; set; }

    public int Woken { get; private set; }

    /// <summary>Messages sent to others so far, by kind.</summary>
    public List<MessageKind> Sent { get; } = [];

    /// <summary>Everybody meets everybody.</summary>
    public static void Connect(params Site[] sites)
    {
        foreach (Site one in sites)
        {
            foreach (Site other in sites.Where(s => s != one))
            {
                one.Conversations.Connect(other.Number, 0);
            }
        }

        Run(0, sites);
    }

    /// <summary>Lets everybody speak until nobody has anything to say.</summary>
    public static void Run(long now, params Site[] sites)
    {
        bool isQuiet = false;
        while (!isQuiet)
        {
            isQuiet = true;
            foreach (Site site in sites)
            {
                site.Conversations.Tick(now);
                while (site.Outbox.TryDequeue(out Outgoing outgoing))
                {
                    isQuiet = false;
                    site.Sent.Add((MessageKind)outgoing.Bytes[0]);
                    Site receiver = sites.Single(s => s.Number == outgoing.Node);
                    Assert.IsNull(receiver.Conversations.Receive(site.Number, outgoing.Bytes, now));
                }
            }
        }
    }

    public Client Subscribe(SubscriptionKind kind, string name)
    {
        var client = new Client();
        Hub.Subscribe(client, kind, Encoding.UTF8.GetBytes(name));
        return client;
    }

    public long Publish(string channel, string message, SubscriptionKind kind = SubscriptionKind.Channel) =>
        Hub.Publish(kind, Encoding.UTF8.GetBytes(channel), Encoding.UTF8.GetBytes(message));

    public double Figure(string name) => Publication.Figures.Single(f => f.Name == name).Value;

    internal sealed class Client : IPushTarget
    {
        public Subscriptions Subscriptions { get; } = new();

        public int ProtocolVersion => 2;

        public List<string> Messages { get; } = [];

        public bool Push(ReadOnlySpan<byte> bytes)
        {
            // The payload is the line before the last end of line.
            Messages.Add(Encoding.UTF8.GetString(bytes).Split("\r\n")[^2]);
            return true;
        }

        public void OnSubscriptionsChanged()
        {
        }
    }
}
