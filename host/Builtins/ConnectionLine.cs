using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Messaging;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>
/// Describes a connection in Redis's words and order, one line each:
/// <code>id=3 addr=127.0.0.1:53346 laddr=127.0.0.1:6379 fd=8 name= age=0 idle=0 flags=N db=0 ... lib-ver=\n</code>
/// </summary>
internal static class ConnectionLine
{
    /// <summary>Adds a line.</summary>
    /// <param name="text">Receives it.</param>
    /// <param name="session">The connection.</param>
    public static void Append(StringBuilder text, Session session)
    {
        TimeProvider time = session.Clients.Time;
        long now = time.GetTimestamp();
        long age = (long)time.GetElapsedTime(session.CreatedAt, now).TotalSeconds;
        long idle = Math.Max(0, (long)time.GetElapsedTime(session.LastInteraction, now).TotalSeconds);
        long query = session.QueryBytes;
        Transaction commands = session.Transaction.Commands;
        int queued = (session.Flags & SessionFlags.Queues) != 0 ? commands.Count : -1;
        long replies = session.Writer.Length;
        long output = session.OutputBytes;
        text.Append(
            CultureInfo.InvariantCulture,
            $"id={session.Id} addr={session.RemoteAddress} laddr={session.LocalAddress} fd={session.Descriptor} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"name={session.Name} age={age} idle={idle} flags={FlagsOf(session)} db=0 ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"sub={session.Subscriptions.Count(SubscriptionKind.Channel)} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"psub={session.Subscriptions.Count(SubscriptionKind.Pattern)} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"ssub={session.Subscriptions.Count(SubscriptionKind.Shard)} multi={queued} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"watch={commands.Watches.Count} qbuf={query} qbuf-free=0 argv-mem=0 multi-mem={commands.Bytes} rbs={replies} rbp={replies} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"obl={replies} oll={(output > 0 ? 1 : 0)} omem={output} tot-mem={query + replies + output} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"events={(session.StalledBytes > 0 ? "rw" : "r")} cmd={session.LastCommand?.DisplayName ?? "NULL"} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"user={session.User.Name} redir={session.Tracking.Mode?.Redirect ?? -1} resp={session.Writer.ProtocolVersion} ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"lib-name={session.LibraryName} lib-ver={session.LibraryVersion}\n");
    }

    /// <summary>The line without its end.</summary>
    /// <param name="session">The connection.</param>
    public static string Of(Session session)
    {
        StringBuilder text = new();
        Append(text, session);
        return text.ToString(0, text.Length - 1);
    }

    private static string FlagsOf(Session session)
    {
        string flags =
            (session.IsMonitor ? "O" : "")
            + (session.IsSubscribed ? "P" : "")
            + ((session.Flags & SessionFlags.Queues) != 0 ? "x" : "")
            + (session.Wait != SessionWait.None ? "b" : "")
            + (session.Tracking.Mode is not null ? "t" : "")
            + (session.Tracking.IsRedirectBroken ? "R" : "")
            + (session.Tracking.Mode is { IsBroadcast: true } ? "B" : "")
            + ((session.Flags & SessionFlags.CloseAfterReply) != 0 ? "c" : "")
            + (session.IsKilled ? "A" : "")
            + (session.IsLocalSocket ? "U" : "")
            + (session.NoEvict ? "e" : "")
            + (session.NoTouch ? "T" : "");
        return flags.Length == 0 ? "N" : flags;
    }
}
