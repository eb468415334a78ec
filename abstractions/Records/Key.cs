using System.Diagnostics.CodeAnalysis;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Records;

/// <summary>
/// A key opened by one call: the module author's view of the keyspace. Reads see the call's own writes. Nothing is
/// visible outside the call before it ends well; then everything is, at once.
/// <para>
/// Spans handed out point into the keyspace: they are valid until the next write of the same call.
/// </para>
/// <para>
/// Data that is not in memory reads as absent while the host notes it; what such a call did is thrown away and the
/// call runs again once the data is there. Handlers need not know.
/// </para>
/// </summary>
public readonly ref struct Key
{
    private readonly KeyspaceCall _call;

    /// <summary>Made by <see cref="KeyspaceCall.Open"/>.</summary>
    /// <param name="call">The call.</param>
    /// <param name="name">The key's name.</param>
    /// <param name="handle">What the keyspace wants to see again.</param>
    public Key(KeyspaceCall call, ReadOnlySpan<byte> name, KeyHandle handle)
    {
        _call = call;
        Name = name;
        Handle = handle;
    }

    /// <summary>The key's name.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The keyspace's own reference to the key.</summary>
    public KeyHandle Handle { get; }

    /// <summary>Whether the key exists: visible and not expired.</summary>
    public bool Exists => _call.TypeOf(this) is not null;

    /// <summary>The type, or null when the key does not exist.</summary>
    public KeyType? Type => _call.TypeOf(this);

    /// <summary>See <see cref="KeyspaceCall.Dot"/>.</summary>
    public Dot Dot => _call.Dot;

    /// <summary>Unix milliseconds when the key expires, or <see cref="Cell.NoDeadline"/>.</summary>
    public long Deadline => _call.DeadlineOf(this);

    /// <summary>See <see cref="KeyspaceCall.RenewDot"/>.</summary>
    public void RenewDot() => _call.RenewDot();

    /// <summary>Visible elements of the type's counted kind; 1 for an existing single-record key.</summary>
    /// <param name="type">The type.</param>
    public long Count(KeyType type) => _call.Count(this, type);

    /// <summary>Visible elements of one kind, for types that are made of several.</summary>
    /// <param name="kind">A kind of elements.</param>
    public long CountOf(RecordKind kind) => _call.CountOf(this, kind);

    /// <summary>Reads one element.</summary>
    /// <param name="kind">Its record kind.</param>
    /// <param name="element">Its name; empty for a single-record type.</param>
    /// <param name="value">What a reader sees.</param>
    /// <returns>False when it does not exist.</returns>
    public bool TryGet(RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value) =>
        _call.TryGet(this, kind, element, out value);

    /// <summary>Whether everything that a write's origin had written to the key's partition until then has arrived here;
    /// what has not may still arrive. Of a key that this node does not keep nobody can tell, and it is taken to have.
    /// </summary>
    /// <param name="dot">The write.</param>
    public bool HasAllUpTo(Dot dot) => _call.HasAllUpTo(this, dot);

    /// <summary>Reads all that is known of an element: the writes of which none has seen another, one of which readers
    /// see, and removals that are not forgotten yet.</summary>
    /// <param name="kind">The record kind, one of elements.</param>
    /// <param name="element">The element's name.</param>
    /// <returns>The writes, sorted by origin; to be read before the element is written.</returns>
    public IReadOnlyList<CellDot> DotsOf(RecordKind kind, ReadOnlySpan<byte> element) =>
        _call.DotsOf(this, kind, element);

    /// <summary>Writes one element under a fresh dot, covering every dot seen.</summary>
    /// <param name="kind">Its record kind.</param>
    /// <param name="element">Its name; empty for a single-record type.</param>
    /// <param name="payload">The value; copied.</param>
    /// <param name="options">Deadline and mark.</param>
    /// <returns>True when the element did not exist before.</returns>
    public bool Put(RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, PutOptions options = default)
        => _call.Put(this, kind, element, payload, options);

    /// <summary>Adds to an element's counter; creates it when absent.</summary>
    /// <param name="kind">Its record kind, a dotted cell.</param>
    /// <param name="element">Its name; empty for a single-record type.</param>
    /// <param name="amount">What is added.</param>
    public void Increment(RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount) =>
        _call.Increment(this, kind, element, amount);

    /// <summary>Removes what is seen of one element.</summary>
    /// <param name="kind">Its record kind.</param>
    /// <param name="element">Its name.</param>
    /// <returns>True when it existed. The key itself goes with its last counted element.</returns>
    public bool Remove(RecordKind kind, ReadOnlySpan<byte> element) => _call.Remove(this, kind, element);

    /// <summary>Removes one element together with what other nodes write to it before they know of the removal.</summary>
    /// <param name="kind">Its record kind, without counters.</param>
    /// <param name="element">Its name.</param>
    /// <returns>True when it existed.</returns>
    public bool RemoveFinally(RecordKind kind, ReadOnlySpan<byte> element) => _call.RemoveFinally(this, kind, element);

    /// <summary>Removes the element a walk stands on; the walk can go on behind it.</summary>
    /// <param name="kind">Its record kind.</param>
    /// <param name="walk">A walk over the key's elements of that kind, after MoveNext answered true.</param>
    public void RemoveAt(RecordKind kind, ElementCursor walk) => _call.RemoveAt(this, kind, walk);

    /// <summary>
    /// Changes what an element says without making it anew: it keeps the dot it came under, so whoever removes it
    /// elsewhere at the same time has removed it for good.
    /// </summary>
    /// <param name="kind">Its record kind, with a merge function and <see cref="RecordKind.IsAmendment"/>.</param>
    /// <param name="element">Its name.</param>
    /// <param name="payload">An amendment; what is kept is its join with what the element says.</param>
    /// <returns>False when it does not exist.</returns>
    public bool Amend(RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload) =>
        _call.Amend(this, kind, element, payload);

    /// <summary>
    /// Writes into a value what is computed from it, to be spared computing it again: no write, so neither journaled nor
    /// told to other nodes, and lost when the value leaves memory.
    /// </summary>
    /// <param name="kind">The record kind of a single-record type.</param>
    /// <param name="at">Where in the value, which is long enough.</param>
    /// <param name="derived">A function of the rest of the value alone.</param>
    public void Memoize(RecordKind kind, int at, ReadOnlySpan<byte> derived) => _call.Memoize(this, kind, at, derived);

    /// <summary>Removes what is seen of the whole key, whatever its types.</summary>
    /// <returns>True when it existed.</returns>
    public bool Delete() => _call.Delete(this);

    /// <summary>Sets or takes away the time to live of an existing key.</summary>
    /// <param name="deadline">Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</param>
    public void SetDeadline(long deadline) => _call.SetDeadline(this, deadline);

    /// <summary>Sets or takes away the time to live of one element, whose value stays.</summary>
    /// <param name="kind">Its record kind, a dotted cell.</param>
    /// <param name="element">Its name.</param>
    /// <param name="deadline">Unix milliseconds still to come, or <see cref="Cell.NoDeadline"/>.</param>
    /// <returns>False when it does not exist.</returns>
    public bool SetElementDeadline(RecordKind kind, ReadOnlySpan<byte> element, long deadline) =>
        _call.SetElementDeadline(this, kind, element, deadline);

    /// <summary>Copies all records and the time to live under fresh dots; a counter's value becomes the base.</summary>
    /// <param name="destination">A key without content.</param>
    public void CopyTo(Key destination) => _call.Copy(this, destination);

    /// <summary>Walks elements in the order of their kind, which is the byte order of their names or of hashes of them.
    /// </summary>
    /// <param name="kind">Their record kind.</param>
    /// <param name="from">The first name to look at (the last, when <paramref name="reverse"/>), inclusive; empty for
    /// the beginning (or the end).</param>
    /// <param name="reverse">Walk backwards.</param>
    /// <returns>A cursor before the first element. Do not write to the key while walking,
    /// but for <see cref="RemoveAt"/>.</returns>
    public ElementCursor Scan(RecordKind kind, ReadOnlySpan<byte> from = default, bool reverse = false) =>
        _call.Scan(this, kind, from, reverse);

    /// <summary>
    /// Walks elements of a kind ordered by hash, beginning at a number. The numbers of walks that carry on where the last
    /// one stopped may lie any time apart and on different nodes: an element that is there all the while is seen.
    /// </summary>
    /// <param name="kind">Their record kind.</param>
    /// <param name="position">0 for the beginning, or the <see cref="ElementCursor.Position"/> of the first element of
    /// an earlier walk that was left for later. Elements with the same position have to be taken together.</param>
    /// <returns>A cursor before the first element at that position or a larger one.</returns>
    public ElementCursor ScanFrom(RecordKind kind, ulong position) => _call.ScanFrom(this, kind, position);

    /// <summary>Walks elements from a rank on, or from it down.</summary>
    /// <param name="kind">Their record kind.</param>
    /// <param name="index">The rank of the first: how many smaller ones there are.</param>
    /// <param name="reverse">Walk backwards.</param>
    /// <returns>A cursor before that element.</returns>
    public ElementCursor ScanAt(RecordKind kind, long index, bool reverse = false)
    {
        bool isFromEnd = index == (reverse ? _call.CountOf(this, kind) - 1 : 0);
        if (isFromEnd)
        {
            return Scan(kind, reverse: reverse);
        }

        ElementCursor walk = _call.ScanAt(this, kind, index);
        return reverse && walk.MoveNext() ? Scan(kind, walk.Element.ToArray(), reverse: true) : walk;
    }

    /// <summary>Draws one element at random, each with the same chance. It takes about as long whatever the size of the
    /// key; but when elements ordered by name are more than memory holds, they have to be walked.</summary>
    /// <param name="kind">The record kind.</param>
    /// <param name="drawn">A cursor that stands on the element.</param>
    /// <returns>False when there is none.</returns>
    public bool TryDraw(RecordKind kind, [NotNullWhen(true)] out ElementCursor? drawn)
    {
        drawn = _call.Draw(this, kind);
        return drawn is not null;
    }

    /// <summary>Rank of an element in the order of its kind.</summary>
    /// <param name="kind">Its record kind.</param>
    /// <param name="element">Its name.</param>
    /// <returns>How many elements of the kind come before it; O(log n) while the key is resident.</returns>
    public long RankOf(RecordKind kind, ReadOnlySpan<byte> element) => _call.RankOf(this, kind, element);
}

/// <summary>How an element is written.</summary>
public readonly struct PutOptions
{
    private readonly long _deadlinePlusOne;

    /// <summary>Options of a write.</summary>
    /// <param name="deadline">Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</param>
    /// <param name="keepDeadline">Keep the deadline there is instead.</param>
    /// <param name="state">A live state; the mark tells how concurrent writes of the same kind meet.</param>
    /// <param name="ifChanged">Write nothing when the element is just that already. It is written all the same where
    /// another node may have seen it, so that it outlives a removal there.</param>
    /// <param name="isNew">The name contains the call's own <see cref="KeyspaceCall.Dot"/>, so nobody can have used it: the
    /// element is written without looking whether there is one.</param>
    public PutOptions(
        long deadline = Cell.NoDeadline,
        bool keepDeadline = false,
        DotState state = DotState.Live,
        bool ifChanged = false,
        bool isNew = false)
    {
        IsNew = isNew;
        IfChanged = ifChanged;
        _deadlinePlusOne = deadline == Cell.NoDeadline ? 0 : deadline + 1;
        KeepDeadline = keepDeadline;
        Mark = state == DotState.Live ? default : state;
    }

    /// <summary>Unix milliseconds, or <see cref="Cell.NoDeadline"/>.</summary>
    public long Deadline => _deadlinePlusOne == 0 ? Cell.NoDeadline : _deadlinePlusOne - 1;

    /// <summary>Keep the deadline there is.</summary>
    public bool KeepDeadline { get; }

    /// <summary>Write nothing when nothing would change.</summary>
    public bool IfChanged { get; }

    /// <summary>The name was never used.</summary>
    public bool IsNew { get; }

    /// <summary>The live state to write.</summary>
    public DotState State => Mark == default ? DotState.Live : Mark;

    private DotState Mark { get; }
}

/// <summary>What a reader sees of one element.</summary>
public readonly ref struct ElementValue
{
    /// <summary>Made by the keyspace.</summary>
    /// <param name="payload">The visible payload; empty when only a counter is there.</param>
    /// <param name="hasCounter">Whether increments add to the payload.</param>
    /// <param name="counterWorth">What they add.</param>
    /// <param name="deadline">The element's own deadline.</param>
    /// <param name="dot">The visible write.</param>
    public ElementValue(
        ReadOnlySpan<byte> payload, bool hasCounter, CounterSum counterWorth, long deadline, Dot dot)
    {
        Payload = payload;
        HasCounter = hasCounter;
        CounterWorth = counterWorth;
        Deadline = deadline;
        Dot = dot;
    }

    /// <summary>The visible payload; empty when only a counter is there.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether increments add to the payload, which then is the base number (empty for 0).</summary>
    public bool HasCounter { get; }

    /// <summary>What the increments add up to.</summary>
    public CounterSum CounterWorth { get; }

    /// <summary>The element's own deadline in unix milliseconds, or <see cref="Cell.NoDeadline"/>.</summary>
    public long Deadline { get; }

    /// <summary>The visible write; zero for a pure counter.</summary>
    public Dot Dot { get; }
}

/// <summary>The keyspace's own reference to a key; the keyspace derives from it.</summary>
public abstract class KeyHandle;

/// <summary>Walks the visible elements of one kind.</summary>
public abstract class ElementCursor
{
    /// <summary>The current element's name.</summary>
    public abstract ReadOnlySpan<byte> Element { get; }

    /// <summary>The current element.</summary>
    public abstract ElementValue Value { get; }

    /// <summary>Where the current element lies, if its kind is ordered by hash: from 0 on, never smaller than that of the
    /// element before.</summary>
    public abstract ulong Position { get; }

    /// <summary>Goes to the next element.</summary>
    /// <returns>False when there is none.</returns>
    public abstract bool MoveNext();
}
