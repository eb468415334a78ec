using System.Net;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Survival;

/// <summary>
/// Seeded writers, each with a connection, a thread and keys of its own, that write in bursts until the server is
/// gone. They check each answer against their history at once; the rest is for <see cref="SurvivalCheck"/>.
/// </summary>
internal sealed class WriteLoad
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _target;
    private readonly Task[] _writers;
    private long _acknowledged;

    private WriteLoad(IPEndPoint server, SurvivalHistory history, int seed, long target, bool checkpoints)
    {
        _target = target;
        _writers =
        [
            .. history.Connections.Select((connection, index) => Task.Factory.StartNew(
                () => Write(server, new Writer(connection, history.Shared, index, seed, checkpoints)),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];
    }

    /// <summary>Completes when so many commands were acknowledged; fails when a writer met a wrong answer.</summary>
    public Task Reached => Task.WhenAny([_reached.Task, .. _writers]).Unwrap();

    /// <summary>Completes when every writer lost its connection; fails when one met a wrong answer.</summary>
    public Task Ended => Task.WhenAll(_writers);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <param name="server">Where to write.</param>
    /// <param name="history">What is known so far.</param>
    /// <param name="seed">Decides what is written.</param>
    /// <param name="target">Acknowledged commands that complete <see cref="Reached"/>.</param>
    /// <param name="checkpoints">Ask for checkpoints now and then.</param>
    public static WriteLoad Start(
        IPEndPoint server, SurvivalHistory history, int seed, long target, bool checkpoints = true) =>
        new(server, history, seed, target, checkpoints);

    private void Write(IPEndPoint server, Writer writer)
    {
        try
        {
            using RespClient client = RespClient.Connect(server);
            while (true)
            {
                client.Send(writer.NextBurst());
                while (writer.AwaitsReply)
                {
                    writer.Take(client.Read());
                    if (Interlocked.Increment(ref _acknowledged) == _target)
                    {
                        _reached.TrySetResult();
                    }
                }
            }
        }
        catch (Exception gone) when (gone is IOException or System.Net.Sockets.SocketException)
        {
            // The server was killed: what is still in flight stays undecided.
        }
    }
}
