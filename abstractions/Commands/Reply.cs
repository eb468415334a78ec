using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Commands;

/// <summary>What kind of answer a <see cref="Reply"/> is.</summary>
public enum ReplyKind : byte
{
    /// <summary>The handler wrote the answer itself.</summary>
    Written,

    /// <summary>No answer at all (CLIENT REPLY OFF and pushes).</summary>
    None,

    /// <summary>A status line.</summary>
    Simple,

    /// <summary>An error line, code first.</summary>
    Error,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A byte string.</summary>
    Bulk,

    /// <summary>Nothing, where a string would be.</summary>
    Nil,

    /// <summary>Nothing, where an array would be; differs from <see cref="Nil"/> in RESP2.</summary>
    NilArray,

    /// <summary>An array without elements.</summary>
    EmptyArray,

    /// <summary>Run again when one of the command's keys changes or time is up.</summary>
    Wait,
}

/// <summary>
/// The answer of a handler: a value, written by the host. A payload may point into the keyspace; it is written before
/// the call leaves its shards.
/// </summary>
public readonly ref struct Reply
{
    private Reply(ReplyKind kind, long number = 0, ReadOnlySpan<byte> payload = default)
    {
        Kind = kind;
        Number = number;
        Payload = payload;
    }

    private Reply(long timeoutMilliseconds, KeyType? type, bool orAnother)
    {
        Kind = ReplyKind.Wait;
        Number = timeoutMilliseconds;
        AwaitedType = type;
        AwaitsOtherType = orAnother;
    }

    /// <summary>What kind of answer.</summary>
    public ReplyKind Kind { get; }

    /// <summary>An integer answer, or the timeout of a wait in milliseconds (0: forever).</summary>
    public long Number { get; }

    /// <summary>The bytes of a string, status or error.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>What a wait is for: a key of this type; null for any change of a key.</summary>
    public KeyType? AwaitedType { get; }

    /// <summary>Whether the wait ends too when a key is gone or holds another type.</summary>
    public bool AwaitsOtherType { get; }

    /// <summary>Whether this is an error: what the call wrote is undone.</summary>
    public bool IsError => Kind == ReplyKind.Error;

    /// <summary>OK.</summary>
    public static Reply Ok => Simple("OK"u8);

    /// <summary>Nothing, where a string would be.</summary>
    public static Reply Nil => new(ReplyKind.Nil);

    /// <summary>Nothing, where an array would be.</summary>
    public static Reply NilArray => new(ReplyKind.NilArray);

    /// <summary>An empty array.</summary>
    public static Reply EmptyArray => new(ReplyKind.EmptyArray);

    /// <summary>The handler has written the answer to <see cref="CommandCall.Writer"/>.</summary>
    public static Reply Written => new(ReplyKind.Written);

    /// <summary>No answer.</summary>
    public static Reply None => new(ReplyKind.None);

    /// <summary>The key holds another type.</summary>
    public static Reply WrongType => Error(RespErrors.WrongType);

    /// <summary>The arguments do not parse.</summary>
    public static Reply SyntaxError => Error(RespErrors.Syntax);

    /// <summary>An integer.</summary>
    /// <param name="value">The value.</param>
    public static Reply Integer(long value) => new(ReplyKind.Integer, value);

    /// <summary>1 or 0.</summary>
    /// <param name="value">The truth.</param>
    public static Reply Boolean(bool value) => Integer(value ? 1 : 0);

    /// <summary>A byte string.</summary>
    /// <param name="value">The bytes.</param>
    public static Reply Bulk(ReadOnlySpan<byte> value) => new(ReplyKind.Bulk, 0, value);

    /// <summary>A status line.</summary>
    /// <param name="value">The words, without line ends.</param>
    public static Reply Simple(ReadOnlySpan<byte> value) => new(ReplyKind.Simple, 0, value);

    /// <summary>An error line.</summary>
    /// <param name="message">Code and message, such as <c>ERR syntax error</c>; line ends become blanks.</param>
    public static Reply Error(ReadOnlySpan<byte> message) => new(ReplyKind.Error, 0, message);

    /// <summary>An error line from text.</summary>
    /// <param name="message">Code and message.</param>
    public static Reply Error(string message) => Error(System.Text.Encoding.UTF8.GetBytes(message));

    /// <summary>
    /// Nothing to answer yet: undo what the call wrote and run it again when one of its keys changes
    /// (<see cref="CallRetry.KeyChanged"/>) or time is up (<see cref="CallRetry.TimedOut"/>). Calls that wait for one key
    /// run again in the order in which they began to wait, before any other call gets to the key. A command without keys
    /// waits for time to be up, or for what only its author knows of.
    /// </summary>
    /// <param name="timeoutMilliseconds">0 waits for ever.</param>
    /// <param name="type">Only a key of this type is worth running again for; null for any change.</param>
    /// <param name="orAnother">So is one that is gone or has become another type.</param>
    public static Reply WaitForKeys(long timeoutMilliseconds, KeyType? type = null, bool orAnother = false) =>
        new(timeoutMilliseconds, type, orAnother);
}
