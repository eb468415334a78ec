using System.Buffers;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Strings;

/// <summary>
/// APPEND and SETRANGE: they read, change and write the whole value, so of two concurrent ones one result wins. A
/// counter's value is frozen into the bytes written.
/// </summary>
internal static class StringEdits
{
    internal static Reply Append(in CommandCall call)
    {
        Key key = call.Open(call.Args[1]);
        ReadOnlySpan<byte> added = call.Args[2];
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        scoped ReadOnlySpan<byte> old = default;
        if (key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            old = CountedValue.Read(value, scratch);
        }
        else if (key.Exists)
        {
            return Reply.WrongType;
        }

        long length = (long)old.Length + added.Length;
        if (length > Limits.ValueBytesMax)
        {
            return Reply.Error(RespErrors.StringTooLong);
        }

        Overlay(key, old, old.Length, added);
        call.Keyspace.Notify(KeyspaceEvents.String, "append", key.Name);
        return Reply.Integer(length);
    }

    internal static Reply SetRange(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[2], out long offset))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (offset < 0)
        {
            return Reply.Error("ERR offset is out of range"u8);
        }

        Key key = call.Open(call.Args[1]);
        ReadOnlySpan<byte> patch = call.Args[3];
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        scoped ReadOnlySpan<byte> old = default;
        if (key.TryGet(StringRecord.Kind, default, out ElementValue value))
        {
            old = CountedValue.Read(value, scratch);
        }
        else if (key.Exists)
        {
            return Reply.WrongType;
        }

        if (patch.IsEmpty)
        {
            return Reply.Integer(old.Length);
        }

        if (offset > Limits.ValueBytesMax - patch.Length)
        {
            return Reply.Error(RespErrors.StringTooLong);
        }

        int length = Overlay(key, old, (int)offset, patch);
        call.Keyspace.Notify(KeyspaceEvents.String, "setrange", key.Name);
        return Reply.Integer(length);
    }

    /// <summary>Writes the old bytes with a patch laid over them, zeros filling a gap between the two.</summary>
    /// <returns>The new length.</returns>
    private static int Overlay(Key key, ReadOnlySpan<byte> old, int offset, ReadOnlySpan<byte> patch)
    {
        int length = Math.Max(old.Length, offset + patch.Length);
        byte[] buffer = length <= Limits.ScratchBytesKept
            ? ArrayPool<byte>.Shared.Rent(length)
            : GC.AllocateUninitializedArray<byte>(length);
        Span<byte> text = buffer.AsSpan(0, length);
        old.CopyTo(text);
        if (offset > old.Length)
        {
            text[old.Length..offset].Clear();
        }

        patch.CopyTo(text[offset..]);
        key.Put(StringRecord.Kind, default, text, new PutOptions(keepDeadline: true));
        if (length <= Limits.ScratchBytesKept)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return length;
    }
}
