using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>The keyspace as a command without keys sees it: the time, a count, no key.</summary>
internal sealed class OutsideCall(Keyspace keyspace) : KeyspaceCall
{
    private const string NoKeys = "a command whose row names no keys opens none";

    public override long Now => keyspace.Clock.NowMilliseconds;

    public override Dot Dot => throw new InvariantException(NoKeys);

    public override Random Random => keyspace.NewRandom();

    public override long KeyCount => keyspace.KeyCount;

    public override IReadOnlyList<KeyType> Types => keyspace.Types.Types;

    public override Origin Origin => keyspace.Origin;

    public override bool IsAlone => keyspace.IsAlone;

    public override object? WaitState
    {
        get => null;
        set => throw new InvariantException("only a command with keys can wait for them");
    }

    public override void RenewDot() => throw new InvariantException(NoKeys);

    public override Key Open(ReadOnlySpan<byte> name) => throw new InvariantException(NoKeys);

    public override KeyType? TypeOf(Key key) => throw new InvariantException(NoKeys);

    public override long DeadlineOf(Key key) => throw new InvariantException(NoKeys);

    public override long Count(Key key, KeyType type) => throw new InvariantException(NoKeys);

    public override long CountOf(Key key, RecordKind kind) => throw new InvariantException(NoKeys);

    public override bool TryGet(Key key, RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value) =>
        throw new InvariantException(NoKeys);

    public override IReadOnlyList<CellDot> DotsOf(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        throw new InvariantException(NoKeys);

    public override bool HasAllUpTo(Key key, Dot dot) => throw new InvariantException(NoKeys);

    public override bool Put(
        Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, PutOptions options) =>
        throw new InvariantException(NoKeys);

    public override void Increment(Key key, RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount) =>
        throw new InvariantException(NoKeys);

    public override bool Remove(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        throw new InvariantException(NoKeys);

    public override bool RemoveFinally(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        throw new InvariantException(NoKeys);

    public override void RemoveAt(Key key, RecordKind kind, ElementCursor walk) =>
        throw new InvariantException(NoKeys);

    public override void Memoize(Key key, RecordKind kind, int at, ReadOnlySpan<byte> derived) =>
        throw new InvariantException(NoKeys);

    public override bool Amend(Key key, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload) =>
        throw new InvariantException(NoKeys);

    public override bool Delete(Key key) => throw new InvariantException(NoKeys);

    public override void SetDeadline(Key key, long deadline) => throw new InvariantException(NoKeys);

    public override bool SetElementDeadline(
        Key key, RecordKind kind, ReadOnlySpan<byte> element, long deadline) => throw new InvariantException(NoKeys);

    public override void Copy(Key source, Key destination) => throw new InvariantException(NoKeys);

    public override ElementCursor Scan(Key key, RecordKind kind, ReadOnlySpan<byte> from, bool reverse) =>
        throw new InvariantException(NoKeys);

    public override ElementCursor ScanFrom(Key key, RecordKind kind, ulong position) =>
        throw new InvariantException(NoKeys);

    public override ElementCursor ScanAt(Key key, RecordKind kind, long index) => throw new InvariantException(NoKeys);

    public override ElementCursor? Draw(Key key, RecordKind kind) => throw new InvariantException(NoKeys);

    public override long RankOf(Key key, RecordKind kind, ReadOnlySpan<byte> element) =>
        throw new InvariantException(NoKeys);

    public override bool TryStream(
        Key key, RecordKind kind, ElementRange range, ElementAnswer answer, bool mayFollow) =>
        throw new InvariantException(NoKeys);

    public override ulong ScanKeys(ulong cursor, long count, KeyVisitor visit) => throw new InvariantException(NoKeys);

    public override void FlushAll() => throw new InvariantException(NoKeys);

    public override KeyWatch? Watch(Key key) => throw new InvariantException(NoKeys);

    public override byte[]? RandomKey() => throw new InvariantException(NoKeys);

    public override void Notify(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name) =>
        throw new InvariantException(NoKeys);

    public override long MemoryBytes(Key key) => throw new InvariantException(NoKeys);

    public override void AfterCommit(Action effect) => effect();

    public override long IdleMilliseconds(Key key) => throw new InvariantException(NoKeys);

    public override void Touch(Key key, long idleMilliseconds) => throw new InvariantException(NoKeys);
}
