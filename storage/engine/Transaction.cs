using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Storage.Engine;

/// <summary>
/// Commands that run one after the other with nothing in between, and that are in the journal together or not at all
/// (MULTI and EXEC). It may run more than once until all its data is in memory; only the last run counts.
/// </summary>
public sealed class Transaction
{
    private readonly List<Step> _steps = [];
    private readonly List<KeyWatch> _watches = [];
    private readonly List<ExpectedKey> _expected = [];

    /// <summary>How many commands there are.</summary>
    public int Count => _steps.Count;

    /// <summary>Bytes of all arguments.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keys that must not have changed.</summary>
    public IReadOnlyList<KeyWatch> Watches => _watches;

    /// <summary>Keys that must be what they are at another node.</summary>
    public IReadOnlyList<ExpectedKey> Expected => _expected;

    /// <summary>Whether some command may write.</summary>
    public bool Writes => _steps.Exists(step => step.Command.Has(CommandFlags.Write));

    /// <summary>Whether a watched key had changed, so that nothing was run.</summary>
    public bool IsAborted { get; set; }

    /// <summary>Adds a command; the arguments are copied.</summary>
    /// <param name="command">Its row; arity is already checked.</param>
    /// <param name="args">The arguments.</param>
    public void Add(CommandSpec command, CommandArgs args)
    {
        int length = 0;
        foreach (ArgumentRange range in args.Ranges)
        {
            length += range.Length;
        }

        var bytes = new byte[length];
        var ranges = new ArgumentRange[args.Count];
        int at = 0;
        for (int i = 0; i < args.Count; i++)
        {
            args[i].CopyTo(bytes.AsSpan(at));
            ranges[i] = new ArgumentRange(at, args[i].Length);
            at += args[i].Length;
        }

        _steps.Add(new Step(command, bytes, ranges));
        Bytes += length;
    }

    /// <summary>Adds a key that must not change until the transaction runs.</summary>
    /// <param name="watch">The watch.</param>
    public void Add(KeyWatch watch) => _watches.Add(watch);

    /// <summary>Adds a key that is watched at another node.</summary>
    /// <param name="key">What it is there.</param>
    public void Add(ExpectedKey key) => _expected.Add(key);

    /// <summary>Forgets the commands.</summary>
    public void Clear()
    {
        _steps.Clear();
        Bytes = 0;
        IsAborted = false;
    }

    /// <summary>Ends all watches.</summary>
    public void Unwatch()
    {
        _watches.ForEach(watch => watch.End());
        _watches.Clear();
    }

    /// <summary>The row of a command.</summary>
    /// <param name="index">From 0.</param>
    public CommandSpec CommandAt(int index) => _steps[index].Command;

    /// <summary>The arguments of a command.</summary>
    /// <param name="index">From 0.</param>
    public CommandArgs ArgsAt(int index) => new(_steps[index].Bytes, _steps[index].Ranges);

    /// <summary>How a command's last run went.</summary>
    /// <param name="index">From 0.</param>
    public StepResult ResultAt(int index) => _steps[index].Result;

    internal void SetResult(int index, StepResult result) => _steps[index].Result = result;

    /// <summary>The reply of a command that acts on its connection or the node and has run already: it does not run
    /// again with the rest.</summary>
    internal byte[]? ReplyAt(int index) => _steps[index].Reply;

    /// <summary>Answers a command with an error instead of running it.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="error">Code and message.</param>
    public void Refuse(int index, ReadOnlySpan<byte> error)
    {
        var writer = new RespWriter();
        writer.Error(error);
        SetReply(index, writer.Written);
        SetResult(index, new StepResult(0, error.ToArray()));
    }

    /// <summary>Notes whether the session wants to be told when what a command has read changes.</summary>
    internal void SetTracked(int index, bool isTracked) => _steps[index].IsTracked = isTracked;

    /// <summary>Lets the session track what it has read: first, before the transaction's changes are told, the keys that it
    /// went on to write, which it will be told of; then, after them, all others.</summary>
    internal void Track(ISession session, bool areWrittenLater)
    {
        for (int i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].IsTracked && IsWrittenAfter(i) == areWrittenLater)
            {
                session.Track(_steps[i].Command, ArgsAt(i));
            }
        }
    }

    internal void SetReply(int index, ReadOnlySpan<byte> reply) => _steps[index].Reply = reply.ToArray();

    private bool IsWrittenAfter(int index)
    {
        var read = new List<int>();
        var written = new List<int>();
        _steps[index].Command.Keys.TryFind(ArgsAt(index), read);
        for (int i = index + 1; i < _steps.Count; i++)
        {
            CommandSpec later = _steps[i].Command;
            written.Clear();
            if (later.Has(CommandFlags.Write) && (later.Has(CommandFlags.WholeKeyspace) ||
                (later.Keys.TryFind(ArgsAt(i), written) && HaveOneInCommon(ArgsAt(index), read, ArgsAt(i), written))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HaveOneInCommon(CommandArgs left, List<int> leftKeys, CommandArgs right, List<int> rightKeys)
    {
        foreach (int one in leftKeys)
        {
            foreach (int other in rightKeys)
            {
                if (left[one].SequenceEqual(right[other]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private sealed class Step(CommandSpec command, byte[] bytes, ArgumentRange[] ranges)
    {
        public CommandSpec Command { get; } = command;

        public byte[] Bytes { get; } = bytes;

        public ArgumentRange[] Ranges { get; } = ranges;

        public StepResult Result { get; set; }

        public bool IsTracked { get; set; }

        public byte[]? Reply { get; set; }
    }
}

/// <summary>A key that must be what another node has.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="Digest">See <see cref="KeyWatch.Digest"/>.</param>
public readonly record struct ExpectedKey(byte[] Name, ulong Digest);

/// <summary>How one command of a transaction went.</summary>
/// <param name="Ticks">The time it took, in ticks of the clock's timestamps.</param>
/// <param name="Error">The error it answered, or null.</param>
public readonly record struct StepResult(long Ticks, byte[]? Error);
