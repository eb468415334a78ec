using Marekvs.Abstractions.Cluster;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Routing;

/// <summary>What a session has to do with other nodes: the command that runs there, and what it wrote there.</summary>
internal sealed class SessionRouting
{
    private IRoutedCall? _call;
    private ushort? _partition;

    /// <summary>The command under way at another node, or null; others may read it.</summary>
    public IRoutedCall? Call => Volatile.Read(ref _call);

    /// <summary>When the command came, as a timestamp.</summary>
    public long Since { get; private set; }

    /// <summary>The node that last refused the command; 0 for none.</summary>
    public ushort Refuser { get; set; }

    /// <summary>Nodes that have not run it.</summary>
    public int Tries { get; set; }

    /// <summary>The client's newest write at each node where it has written through this one.</summary>
    public Dictionary<ushort, RemoteWrite>? Writes { get; private set; }

    /// <summary>What WAIT or WAITAOF has learnt so far; null when it asks nobody.</summary>
    public WitnessCount? Witnesses { get; set; }

    /// <summary>A command has come.</summary>
    public void Begin(long now) => (Since, Refuser, Tries, Witnesses) = (now, 0, 0, null);

    /// <summary>It is on its way.</summary>
    /// <param name="call">The call.</param>
    /// <param name="partition">The partition of its keys.</param>
    public void Follow(IRoutedCall call, ushort? partition)
    {
        _partition = partition;
        Volatile.Write(ref _call, call);
    }

    /// <summary>It has ended.</summary>
    /// <param name="ticket">Is told of what it wrote here.</param>
    /// <returns>How, and where.</returns>
    public (RoutedReply Reply, ushort Node) TakeReply(CallTicket ticket)
    {
        IRoutedCall call = _call!;
        Volatile.Write(ref _call, null);
        RoutedReply reply = call.Reply.GetAwaiter().GetResult();
        if (call.Node == 0)
        {
            ticket.JournalPosition = Math.Max(ticket.JournalPosition, reply.JournalPosition);
        }
        else if (reply.JournalPosition > 0)
        {
            (Writes ??= [])[call.Node] = new RemoteWrite(reply.JournalPosition, _partition);
        }

        return (reply, call.Node);
    }
}

/// <summary>A write of a client at another node.</summary>
/// <param name="Position">Where it is in that node's journal.</param>
/// <param name="Partition">The partition of its key.</param>
internal readonly record struct RemoteWrite(long Position, ushort? Partition);
