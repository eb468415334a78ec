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

    private SketchKey(Key key, RecordKind kind, HyperLogLog? sketch)
    {
        _key = key;
        _kind = kind;
        Sketch = sketch;
    }

    /// <summary>What the string says of data that does not follow the format.</summary>
    internal static ReadOnlySpan<byte> CorruptError => "INVALIDOBJ Corrupted HLL object detected"u8;

    /// <summary>The sketch, or null when the key does not exist.</summary>
    internal HyperLogLog? Sketch { get; }

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

        HyperLogLog? sketch = null;
        if (key.TryGet(strings.Kind, default, out ElementValue value))
        {
            sketch = value.HasCounter ? null : HyperLogLog.Open(value.Payload);
            if (sketch is null)
            {
                error = Reply.Error("WRONGTYPE Key is not a valid HyperLogLog string value."u8);
                return false;
            }
        }

        opened = new SketchKey(key, strings.Kind, sketch);
        return true;
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
        foreach (KeyType type in keyspace.Types)
        {
            if (type.IsSingle)
            {
                return type;
            }
        }

        return null;
    }
}
