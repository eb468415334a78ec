using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Modules.HyperLogLogs;

/// <summary>
/// A key that holds a sketch or nothing. A sketch is a string as any other, so every command of strings works on it; what
/// this module writes is marked so that sketches written on several nodes at once are united.
/// </summary>
internal readonly ref struct SketchKey
{
    private readonly Key _key;
    private readonly RecordKind _kind;

    private SketchKey(Key key, RecordKind kind, bool exists, HyperLogLogView sketch)
    {
        _key = key;
        _kind = kind;
        Exists = exists;
        Sketch = sketch;
    }

    /// <summary>What the string says of data that does not follow the format.</summary>
    internal static ReadOnlySpan<byte> CorruptError => "INVALIDOBJ Corrupted HLL object detected"u8;

    internal bool Exists { get; }

    /// <summary>The sketch of an existing key, where it lies: valid until the key is written.</summary>
    internal HyperLogLogView Sketch { get; }

    /// <summary>Opens a key.</summary>
    /// <param name="call">The call.</param>
    /// <param name="name">The key.</param>
    /// <param name="opened">The key with its sketch.</param>
    /// <param name="error">What to answer when it holds something else.</param>
    internal static bool TryOpen(
        scoped in CommandCall call, ReadOnlySpan<byte> name, out SketchKey opened, out Reply error)
    {
        opened = default;
        error = default;
        if (StringsOf(call.Keyspace) is not KeyType strings)
        {
            error = Reply.Error("ERR HyperLogLogs are strings, and no module that brings strings is loaded"u8);
            return false;
        }

        if (!call.TryOpen(name, strings, out Key key))
        {
            error = Reply.WrongType;
            return false;
        }

        HyperLogLogView sketch = default;
        bool exists = key.TryGet(strings.Kind, default, out ElementValue value);
        if (exists && (value.HasCounter || !HyperLogLogView.TryOpen(value.Payload, out sketch)))
        {
            error = Reply.Error("WRONGTYPE Key is not a valid HyperLogLog string value."u8);
            return false;
        }

        opened = new SketchKey(key, strings.Kind, exists, sketch);
        return true;
    }

    /// <summary>The sketch to change; an empty one when the key does not exist.</summary>
    internal HyperLogLog Copy() => Exists ? Sketch.Copy() : HyperLogLog.Create();

    /// <summary>Keeps the count of the registers with them, until they change.</summary>
    internal void Keep(long count)
    {
        Span<byte> kept = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(kept, count);
        _key.Memoize(_kind, HyperLogLog.CountAt, kept);
    }

    /// <summary>Writes a sketch; the key keeps its time to live.</summary>
    internal void Write(HyperLogLog sketch) =>
        _key.Put(_kind, default, sketch.Bytes, new PutOptions(keepDeadline: true, state: DotState.LiveUnion));

    /// <summary>Writes a sketch and tells that something was added.</summary>
    internal void WriteAdded(scoped in CommandCall call, HyperLogLog sketch)
    {
        sketch.MarkStale();
        Write(sketch);
        call.Keyspace.Notify(KeyspaceEvents.String, "pfadd", _key.Name);
    }

    private static KeyType? StringsOf(KeyspaceCall keyspace)
    {
        IReadOnlyList<KeyType> types = keyspace.Types;
        for (int i = 0; i < types.Count; i++)
        {
            if (types[i].IsSingle)
            {
                return types[i];
            }
        }

        return null;
    }
}
