using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Debugging;

/// <summary>Runs commands for the node itself, one after the other. Where a connection would be parked it waits.</summary>
internal sealed class InnerCalls(Keyspace keyspace)
{
    private readonly CallTicket _ticket = new();
    private readonly RespWriter _writer = new();
    private readonly NodeSession _session = new();

    /// <summary>Runs a command.</summary>
    /// <param name="command">Its row.</param>
    /// <param name="args">Its name and arguments.</param>
    /// <returns>The reply as RESP2.</returns>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed.</exception>
    public async Task<byte[]> RunAsync(CommandSpec command, params IReadOnlyList<byte[]> args)
    {
        byte[] bytes = [.. args.SelectMany(arg => arg)];
        var ranges = new ArgumentRange[args.Count];
        int offset = 0;
        for (int i = 0; i < args.Count; i++)
        {
            ranges[i] = new ArgumentRange(offset, args[i].Length);
            offset += args[i].Length;
        }

        _writer.Clear();
        while (keyspace.Execute(command, new CommandArgs(bytes, ranges), _session, _writer, _ticket) ==
            ExecuteOutcome.Parked)
        {
            await _ticket.WhenReady().ConfigureAwait(false);
        }

        while (await _ticket.WritePartAsync(_writer).ConfigureAwait(false))
        {
        }

        return _writer.Written.ToArray();
    }

    /// <summary>No connection has the number 0, and looking at everything must not make everything look used.</summary>
    private sealed class NodeSession : ISession
    {
        public long Id => 0;

        public bool InTransaction => false;

        public bool NoTouch => true;

        public Subscriptions Subscriptions { get; } = new();

        public int ProtocolVersion => 2;

        public bool Push(ReadOnlySpan<byte> bytes) => false;

        public void OnSubscriptionsChanged()
        {
        }
    }
}
