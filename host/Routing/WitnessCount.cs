using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Routing;

/// <summary>
/// How many nodes have what a client wrote, when some of it was written at other nodes: each of these is asked, and the
/// smallest count holds for everything.
/// </summary>
internal sealed class WitnessCount
{
    private readonly Queue<KeyValuePair<ushort, RemoteWrite>> _left;

    private WitnessCount(IEnumerable<KeyValuePair<ushort, RemoteWrite>> writes) => _left = new(writes);

    /// <summary>Nodes beside the one that has written.</summary>
    public long Having { get; private set; } = long.MaxValue;

    /// <summary>Whether the node that has written has it on disk, 1 or 0.</summary>
    public long Local { get; private set; } = 1;

    /// <summary>Whether a command asks for the count.</summary>
    public static bool IsAsked(CommandSpec command) => command.Name is "WAIT" or "WAITAOF";

    /// <summary>What is to be counted for a client; null when it has written nowhere but here.</summary>
    public static WitnessCount? Of(Session session) =>
        session.Routing.Writes is { } writes ? new WitnessCount(writes) : null;

    /// <summary>The next node to ask.</summary>
    public (ushort Node, RemoteWrite Write)? Next() =>
        _left.TryDequeue(out KeyValuePair<ushort, RemoteWrite> next) ? (next.Key, next.Value) : null;

    /// <summary>Takes what a node answers: <c>:n</c>, or <c>*2 :local :n</c>. One that cannot be asked knows of none.
    /// </summary>
    public void Take(RoutedReply reply)
    {
        string[] lines = Encoding.ASCII.GetString(reply.Bytes).Split("\r\n");
        bool isPair = lines is ["*2", ..];
        Having = Math.Min(Having, NumberIn(lines, isPair ? 2 : 0));
        Local = Math.Min(Local, isPair || lines is [""] ? NumberIn(lines, 1) : 1);
    }

    private static long NumberIn(string[] lines, int index) =>
        index < lines.Length && lines[index].StartsWith(':') &&
        RedisNumber.TryParseInt64(Encoding.ASCII.GetBytes(lines[index][1..]), out long number)
            ? number
            : 0;
}
