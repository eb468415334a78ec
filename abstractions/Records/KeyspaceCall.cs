using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Records;

/// <summary>
/// What one running call may do to the keyspace. The engine implements it; modules reach it through
/// <see cref="Key"/>, which is the readable form of the same verbs.
/// </summary>
public abstract class KeyspaceCall
{
    /// <summary>The call's one frozen now, in unix milliseconds.</summary>
    public abstract long Now { get; }

    /// <summary>The identity of what the call writes now, newer than everything this node has seen. Names made of it are
    /// used by nobody else.</summary>
    public abstract Dot Dot { get; }

    /// <summary>Randomness for commands that choose (SPOP, RANDOMKEY); injected, never security.</summary>
    public abstract Random Random { get; }

    /// <summary>This node's origin, under which the call writes.</summary>
    public abstract Origin Origin { get; }

    /// <summary>Whether no other node writes: what has to be unique needs no node in it.</summary>
    public abstract bool IsAlone { get; }

    /// <summary>
    /// What a call that answers <see cref="Commands.Reply.WaitForKeys"/> wants to find when it runs again, such as where
    /// "from now on" was; null in its first run. It is kept only by an answer to wait.
    /// </summary>
    public abstract object? WaitState { get; set; }

    /// <summary>Takes a newer <see cref="Dot"/>.</summary>
    public abstract void RenewDot();

    /// <summary>The types a key can have.</summary>
    public abstract IReadOnlyList<KeyType> Types { get; }

    /// <summary>Opens a key. The key must be one of those the command's row names, or the command enters the whole
    /// keyspace.</summary>
    /// <param name="name">The key's name.</param>
    public abstract Key Open(ReadOnlySpan<byte> name);

    /// <summary>See <see cref="Key.Type"/>.</summary>
    /// <param name="key">The key.</param>
    public abstract KeyType? TypeOf(Key key);

    /// <summary>See <see cref="Key.Deadline"/>.</summary>
    /// <param name="key">The key.</param>
    public abstract long DeadlineOf(Key key);

    /// <summary>See <see cref="Key.Count"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The type.</param>
    public abstract long Count(Key key, KeyType type);

    /// <summary>See <see cref="Key.CountOf"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    public abstract long CountOf(Key key, RecordKind kind);

    /// <summary>See <see cref="Key.TryGet"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    /// <param name="value">What a reader sees.</param>
    public abstract bool TryGet(Key key, RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value);

    /// <summary>See <see cref="Key.DotsOf"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind, one of elements.</param>
    /// <param name="element">The element's name.</param>
    public abstract IReadOnlyList<CellDot> DotsOf(Key key, RecordKind kind, ReadOnlySpan<byte> element);

    /// <summary>See <see cref="Key.HasAllUpTo"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="dot">The write.</param>
    public abstract bool HasAllUpTo(Key key, Dot dot);

    /// <summary>See <see cref="Key.Put"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    /// <param name="payload">The value.</param>
    /// <param name="options">Deadline and mark.</param>
    public abstract bool Put(
        Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, PutOptions options);

    /// <summary>See <see cref="Key.Increment"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    /// <param name="amount">What is added.</param>
    public abstract void Increment(Key key, RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount);

    /// <summary>See <see cref="Key.Remove"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    public abstract bool Remove(Key key, RecordKind kind, ReadOnlySpan<byte> element);

    /// <summary>See <see cref="Key.RemoveFinally"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element.</param>
    public abstract bool RemoveFinally(Key key, RecordKind kind, ReadOnlySpan<byte> element);

    /// <summary>See <see cref="Key.RemoveAt"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="walk">Stands on the element.</param>
    public abstract void RemoveAt(Key key, RecordKind kind, ElementCursor walk);

    /// <summary>See <see cref="Key.Amend"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    /// <param name="payload">An amendment.</param>
    public abstract bool Amend(Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload);

    /// <summary>See <see cref="Key.Memoize"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="at">Where in the value.</param>
    /// <param name="derived">What is computed from the rest of it.</param>
    public abstract void Memoize(Key key, RecordKind kind, int at, ReadOnlySpan<byte> derived);

    /// <summary>See <see cref="Key.Delete"/>.</summary>
    /// <param name="key">The key.</param>
    public abstract bool Delete(Key key);

    /// <summary>See <see cref="Key.SetDeadline"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="deadline">Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</param>
    public abstract void SetDeadline(Key key, long deadline);

    /// <summary>See <see cref="Key.SetElementDeadline"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    /// <param name="deadline">Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</param>
    public abstract bool SetElementDeadline(Key key, RecordKind kind, ReadOnlySpan<byte> element, long deadline);

    /// <summary>See <see cref="Key.CopyTo"/>.</summary>
    /// <param name="source">The key to copy.</param>
    /// <param name="destination">A key without content.</param>
    public abstract void Copy(Key source, Key destination);

    /// <summary>See <see cref="Key.Scan"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="reverse">Walk backwards.</param>
    public abstract ElementCursor Scan(Key key, RecordKind kind, ReadOnlySpan<byte> from, bool reverse);

    /// <summary>See <see cref="Key.ScanFrom"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="position">Where to begin.</param>
    public abstract ElementCursor ScanFrom(Key key, RecordKind kind, ulong position);

    /// <summary>See <see cref="Key.ScanAt"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="index">How many elements to leave out.</param>
    public abstract ElementCursor ScanAt(Key key, RecordKind kind, long index);

    /// <summary>See <see cref="Key.TryDraw"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <returns>A cursor that stands on the element, or null.</returns>
    public abstract ElementCursor? Draw(Key key, RecordKind kind);

    /// <summary>See <see cref="Key.RankOf"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="element">The element's name.</param>
    public abstract long RankOf(Key key, RecordKind kind, ReadOnlySpan<byte> element);

    /// <summary>
    /// Takes over answering with elements of a kind, when they are too many to be held: the host sends the answer so far,
    /// and the elements of this moment follow in parts, read from the store while other calls go on. Everything past its
    /// deadline is removed first, so that <see cref="Count"/> tells how many there are.
    /// </summary>
    /// <param name="key">An existing key.</param>
    /// <param name="kind">The record kind.</param>
    /// <param name="range">Which of them.</param>
    /// <param name="answer">Writes one element; runs after the call is over, on any thread.</param>
    /// <param name="mayFollow">Whether the elements may follow when the call is over.</param>
    /// <returns>False when the elements are at hand, or may not follow: walk them.</returns>
    public abstract bool TryStream(
        Key key, RecordKind kind, ElementRange range, ElementAnswer answer, bool mayFollow);

    /// <summary>
    /// Visits existing keys in the order of their hashes, beginning at a cursor. A key that exists from the first
    /// visit with cursor 0 to the one that returns 0 is visited at least once.
    /// </summary>
    /// <param name="cursor">0 to begin, then what the last visit returned.</param>
    /// <param name="count">About how many keys to visit; at least one step is made.</param>
    /// <param name="visit">Called for each key.</param>
    /// <returns>The next cursor, 0 at the end.</returns>
    public abstract ulong ScanKeys(ulong cursor, long count, KeyVisitor visit);

    /// <summary>How many keys exist on this node, those past their deadline but not yet reaped included, as in Redis.
    /// </summary>
    public abstract long KeyCount { get; }

    /// <summary>Removes every key this node has seen. The command's row must carry
    /// <see cref="Commands.CommandFlags.WholeKeyspace"/>.</summary>
    public abstract void FlushAll();

    /// <summary>Watches a key from now on, until the watch is ended.</summary>
    /// <param name="key">The key, maybe absent.</param>
    /// <returns>Null when the call misses data and will run again; open all keys before watching the first.</returns>
    public abstract KeyWatch? Watch(Key key);

    /// <summary>A key chosen at random among the existing ones.</summary>
    /// <returns>Its name, or null when there is none.</returns>
    public abstract byte[]? RandomKey();

    /// <summary>Raises a keyspace notification after the call has ended well, when the class is enabled.</summary>
    /// <param name="eventClass">Redis's class letter of the event.</param>
    /// <param name="eventName">Redis's name of the event.</param>
    /// <param name="name">The key.</param>
    public abstract void Notify(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name);

    /// <summary>Bytes of memory that a key takes now, about; what is on disk only is not among them.</summary>
    /// <param name="key">An existing key.</param>
    public abstract long MemoryBytes(Key key);

    /// <summary>Does something outside the keyspace once the call has ended well, in order with its notifications; at once
    /// in a call without keys.</summary>
    /// <param name="effect">Neither blocks nor uses the keyspace.</param>
    public abstract void AfterCommit(Action effect);

    /// <summary>Milliseconds since the key was last used, and how often lately; for OBJECT IDLETIME and FREQ.</summary>
    /// <param name="key">An existing key.</param>
    public abstract long IdleMilliseconds(Key key);

    /// <summary>Marks a key as used (TOUCH); reading it does the same unless the session asked for no touch.</summary>
    /// <param name="key">The key.</param>
    /// <param name="idleMilliseconds">How long ago that was.</param>
    public abstract void Touch(Key key, long idleMilliseconds = 0);
}

/// <summary>Writes the part of an answer that belongs to one element.</summary>
/// <param name="writer">Receives it.</param>
/// <param name="element">The element's name.</param>
/// <param name="value">What a reader sees of it.</param>
public delegate void ElementAnswer(Resp.RespWriter writer, ReadOnlySpan<byte> element, in ElementValue value);

/// <summary>Receives one element.</summary>
/// <param name="element">The element's name; valid during the visit.</param>
/// <param name="value">What a reader sees of it.</param>
public delegate void ElementVisitor(ReadOnlySpan<byte> element, in ElementValue value);

/// <summary>Receives one key of a walk over the keyspace.</summary>
/// <param name="name">The key's name; valid during the visit.</param>
/// <param name="type">Its type.</param>
public delegate void KeyVisitor(ReadOnlySpan<byte> name, KeyType type);

/// <summary>Classes of keyspace notifications; the letters of Redis's <c>notify-keyspace-events</c>.</summary>
[Flags]
public enum KeyspaceEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>K: publish on <c>__keyspace@0__:key</c>.</summary>
    Keyspace = 1 << 0,

    /// <summary>E: publish on <c>__keyevent@0__:event</c>.</summary>
    Keyevent = 1 << 1,

    /// <summary>g: commands that work on any type.</summary>
    Generic = 1 << 2,

    /// <summary>$: string commands.</summary>
    String = 1 << 3,

    /// <summary>l: list commands.</summary>
    List = 1 << 4,

    /// <summary>s: set commands.</summary>
    Set = 1 << 5,

    /// <summary>h: hash commands.</summary>
    Hash = 1 << 6,

    /// <summary>z: sorted set commands.</summary>
    SortedSet = 1 << 7,

    /// <summary>x: a key expired.</summary>
    Expired = 1 << 8,

    /// <summary>e: a key was evicted.</summary>
    Evicted = 1 << 9,

    /// <summary>t: stream commands.</summary>
    Stream = 1 << 10,

    /// <summary>m: a key was looked up and missing.</summary>
    KeyMiss = 1 << 11,

    /// <summary>d: module types.</summary>
    Module = 1 << 12,

    /// <summary>n: a key came into being.</summary>
    New = 1 << 13,

    /// <summary>A: every class that stands for commands, expiry and eviction; not m and n, as in Redis.</summary>
    All = Generic | String | List | Set | Hash | SortedSet | Expired | Evicted | Stream | Module,
}
