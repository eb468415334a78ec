using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Commands;

/// <summary>One execution of a command. It cannot be kept past the handler's return.</summary>
public readonly ref struct CommandCall
{
    /// <summary>Made by the host.</summary>
    /// <param name="command">The row.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="keyspace">The keyspace as this call may use it.</param>
    /// <param name="writer">Where large answers are streamed.</param>
    /// <param name="session">The connection that sent the command.</param>
    /// <param name="retry">Why the call runs again, if it does.</param>
    public CommandCall(
        CommandSpec command,
        CommandArgs args,
        KeyspaceCall keyspace,
        RespWriter writer,
        ISession session,
        CallRetry retry = CallRetry.None)
    {
        Command = command;
        Args = args;
        Keyspace = keyspace;
        Writer = writer;
        Session = session;
        Retry = retry;
    }

    /// <summary>The row the command was found in.</summary>
    public CommandSpec Command { get; }

    /// <summary>The arguments; 0 is the name.</summary>
    public CommandArgs Args { get; }

    /// <summary>The keyspace.</summary>
    public KeyspaceCall Keyspace { get; }

    /// <summary>Streams an answer; then return <see cref="Reply.Written"/>. Rolled back when the call is.</summary>
    public RespWriter Writer { get; }

    /// <summary>The connection.</summary>
    public ISession Session { get; }

    /// <summary>Set when a call that waited runs again.</summary>
    public CallRetry Retry { get; }

    /// <summary>The frozen now in unix milliseconds.</summary>
    public long Now => Keyspace.Now;

    /// <summary>Opens a key whatever its type.</summary>
    /// <param name="name">The key.</param>
    public Key Open(ReadOnlySpan<byte> name) => Keyspace.Open(name);

    /// <summary>Opens a key that must be absent or of one type.</summary>
    /// <param name="name">The key.</param>
    /// <param name="type">The type the command works on.</param>
    /// <param name="key">The key.</param>
    /// <returns>False when it holds another type: answer <see cref="Reply.WrongType"/>.</returns>
    public bool TryOpen(ReadOnlySpan<byte> name, KeyType type, out Key key)
    {
        key = Keyspace.Open(name);
        KeyType? found = key.Type;
        return found is null || ReferenceEquals(found, type);
    }

    /// <summary>Answers with all elements of a kind in their order, however many they are: those of a collection larger
    /// than memory are read and sent part by part.</summary>
    /// <param name="key">The key, maybe absent.</param>
    /// <param name="type">Its type; elements of the counted kind are written.</param>
    /// <param name="header">Begins the answer: an array, a set or a map of so many elements.</param>
    /// <param name="answer">Writes one element; it may run after the handler has returned.</param>
    public Reply WriteElements(Key key, KeyType type, ElementsHeader header, ElementAnswer answer)
    {
        bool isStreamed = key.Exists && TryStream(key, type.Kind, new ElementRange(0, key.Count(type)), answer);
        header(Writer, key.Count(type));
        if (!isStreamed)
        {
            Write(key.Scan(type.Kind), long.MaxValue, answer);
        }

        return Reply.Written;
    }

    /// <summary>Answers with elements of a kind that follow one another, however many they are: when they are too many to
    /// be held they are read and sent part by part.</summary>
    /// <param name="key">An existing key.</param>
    /// <param name="kind">A kind whose elements have no deadlines of their own.</param>
    /// <param name="range">Which of them; all of them exist.</param>
    /// <param name="header">Begins the answer: an array of so many elements.</param>
    /// <param name="answer">Writes one element; it may run after the handler has returned.</param>
    public Reply WriteElements(
        Key key, RecordKind kind, ElementRange range, ElementsHeader header, ElementAnswer answer)
    {
        header(Writer, range.Count);
        if (!TryStream(key, kind, range, answer))
        {
            Write(key.ScanAt(kind, range.First, range.Reverse), range.Count, answer);
        }

        return Reply.Written;
    }

    private bool TryStream(Key key, RecordKind kind, ElementRange range, ElementAnswer answer) =>
        Keyspace.TryStream(key, kind, range, answer, mayFollow: !Session.InTransaction);

    private void Write(ElementCursor cursor, long count, ElementAnswer answer)
    {
        for (; count > 0 && cursor.MoveNext(); count--)
        {
            answer(Writer, cursor.Element, cursor.Value);
        }
    }
}

/// <summary>Begins an answer that lists elements.</summary>
/// <param name="writer">Receives it.</param>
/// <param name="count">How many elements follow.</param>
public delegate void ElementsHeader(RespWriter writer, long count);

/// <summary>Why a waiting call runs again.</summary>
public enum CallRetry
{
    /// <summary>It runs for the first time.</summary>
    None,

    /// <summary>A key it waited for changed.</summary>
    KeyChanged,

    /// <summary>Its time is up: give the answer of a timeout.</summary>
    TimedOut,
}

/// <summary>The connection a command came from, as far as modules may see it.</summary>
public interface ISession : IPushTarget
{
    /// <summary>The connection's number, unique for the life of the process.</summary>
    long Id { get; }

    /// <summary>Whether commands run between MULTI and EXEC right now: blocking commands must not wait.</summary>
    bool InTransaction { get; }

    /// <summary>Whether its user may read every key, also those that its commands do not name.</summary>
    bool MayReadEveryKey => true;

    /// <summary>Whether its reads leave no trace in idle times and frequencies (CLIENT NO-TOUCH).</summary>
    bool NoTouch => false;

    /// <summary>Whether it keeps what it reads, and must be told when that changes (CLIENT TRACKING).</summary>
    bool TracksReads => false;

    /// <summary>Notes the keys of a command that has read for it, while no other call can change them.</summary>
    /// <param name="command">The row.</param>
    /// <param name="args">The arguments.</param>
    void Track(CommandSpec command, CommandArgs args)
    {
    }
}
