using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine;

namespace Marekvs.Testing;

/// <summary>One client of a <see cref="KeyspaceRunner"/>: what the host does for a connection, without sockets.
/// </summary>
public sealed class KeyspaceConnection : ISession
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Keyspace _keyspace;
    private readonly ModuleTable _modules;
    private readonly RespWriter _writer = new();
    private readonly StringBuilder _pushes = new();

    /// <summary>Connects.</summary>
    /// <param name="id">The connection's number.</param>
    /// <param name="keyspace">The keyspace.</param>
    /// <param name="modules">The commands.</param>
    public KeyspaceConnection(long id, Keyspace keyspace, ModuleTable modules)
    {
        Id = id;
        _keyspace = keyspace;
        _modules = modules;
    }

    /// <inheritdoc/>
    public long Id { get; }

    /// <inheritdoc/>
    public bool InTransaction { get; set; }

    /// <inheritdoc/>
    public bool NoTouch { get; set; }

    /// <summary>2 or 3.</summary>
    public int ProtocolVersion
    {
        get => _writer.ProtocolVersion;
        set => _writer.ProtocolVersion = value;
    }

    /// <inheritdoc/>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>The ticket of the call under way.</summary>
    public CallTicket Ticket { get; } = new();

    /// <inheritdoc/>
    public bool Push(ReadOnlySpan<byte> bytes)
    {
        lock (_pushes)
        {
            _pushes.Append(Encoding.Latin1.GetString(bytes));
            return true;
        }
    }

    /// <inheritdoc/>
    public void OnSubscriptionsChanged()
    {
    }

    /// <summary>What was pushed since the last call, exactly.</summary>
    public string TakePushes()
    {
        lock (_pushes)
        {
            string pushes = _pushes.ToString();
            _pushes.Clear();
            return pushes;
        }
    }

    /// <summary>Runs a command line and waits for its reply.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => RunArguments([.. CommandLine.Split(line)]);

    /// <summary>Runs a command and waits for its reply.</summary>
    /// <param name="args">The command's name and arguments.</param>
    public string RunArguments(params IReadOnlyList<string> args) =>
        StartArguments(args).WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>Starts a command line; the task completes with the reply, at once unless the call waits.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    public Task<string> Start(string line) => StartArguments(CommandLine.Split(line));

    /// <summary>Starts a command.</summary>
    /// <param name="args">The command's name and arguments.</param>
    public async Task<string> StartArguments(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        CommandSpec? command = _modules.Find(args);
        if (command is null)
        {
            return Unknown(args);
        }

        if (!command.Accepts(args.Count))
        {
            return WrongNumber(command.Name);
        }

        byte[][] bytes = CommandLine.ToBytes(args);
        ExecuteOutcome outcome;
        while ((outcome = Execute(command, bytes)) == ExecuteOutcome.Parked)
        {
            await Ticket.WhenReady();

            // A call may be resumed on one of the keyspace's own threads, which a test must not go on to close.
            await Task.Yield();
        }

        string reply = TakeWritten();
        return outcome == ExecuteOutcome.Streamed ? reply + await ReadRestAsync() : reply;
    }

    private async Task<string> ReadRestAsync()
    {
        var rest = new StringBuilder();
        while (await Ticket.WritePartAsync(_writer))
        {
            rest.Append(TakeWritten());
        }

        return rest.ToString();
    }

    private string TakeWritten()
    {
        string written = Encoding.Latin1.GetString(_writer.Written);
        _writer.Clear();
        return written;
    }

    private static string WrongNumber(string name) =>
        Resp.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");

    private string Unknown(IReadOnlyList<string> args)
    {
        if (!_modules.IsContainer(args[0]))
        {
            return Resp.Error($"ERR unknown command '{args[0]}'");
        }

        // Redis quotes the word up to its first NUL.
        return args.Count == 1
            ? WrongNumber(args[0])
            : Resp.Error($"ERR unknown subcommand '{args[1].Split('\0')[0]}'. Try {args[0].ToUpperInvariant()} HELP.");
    }

    private ExecuteOutcome Execute(CommandSpec command, byte[][] args)
    {
        var ranges = new ArgumentRange[args.Length];
        int offset = 0;
        for (int i = 0; i < args.Length; i++)
        {
            ranges[i] = new ArgumentRange(offset, args[i].Length);
            offset += args[i].Length;
        }

        byte[] bytes = [.. args.SelectMany(arg => arg)];
        return _keyspace.Execute(command, new CommandArgs(bytes, ranges), this, _writer, Ticket);
    }
}
