using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine;

/// <summary>
/// What stands after a key's name in the storage key of an element: it decides where the element lies, in memory and
/// in the store.
/// <code>
/// tag u8 | name                                      a kind ordered by name
/// tag u8 | low half of XxHash3(name) u32 | name      a kind ordered by hash
/// </code>
/// The hash has no seed: a position means the same on every node and after every restart.
/// </summary>
internal static class ElementSuffix
{
    private const int NameAt = 1;
    private const int NameAtAfterHash = NameAt + sizeof(uint);

    public static void Write(RecordWriter writer, RecordKind kind, ReadOnlySpan<byte> name)
    {
        writer.Clear();
        writer.WriteByte(kind.Tag);
        if (kind.Order == ElementOrder.ByHash)
        {
            BinaryPrimitives.WriteUInt32BigEndian(writer.Reserve(sizeof(uint)), HashOf(name));
        }

        writer.WriteBytes(name);
    }

    /// <summary>Bytes of the suffix of an element without a name.</summary>
    public static int LeastLength(RecordKind kind) => kind.Order == ElementOrder.ByHash ? NameAtAfterHash : NameAt;

    /// <summary>Where elements of a kind ordered by hash begin that have a hash or a larger one.</summary>
    public static byte[] At(RecordKind kind, uint hash)
    {
        byte[] suffix = [kind.Tag, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(suffix.AsSpan(NameAt), hash);
        return suffix;
    }

    public static uint HashOf(ReadOnlySpan<byte> name) => (uint)XxHash3.HashToUInt64(name);

    /// <summary>The hash in a suffix of a kind ordered by hash.</summary>
    public static uint HashIn(ReadOnlySpan<byte> suffix) => BinaryPrimitives.ReadUInt32BigEndian(suffix[NameAt..]);

    /// <summary>The element's name in its suffix.</summary>
    public static ReadOnlySpan<byte> NameIn(RecordKind? kind, ReadOnlySpan<byte> suffix) =>
        suffix[(kind?.Order == ElementOrder.ByHash ? NameAtAfterHash : NameAt)..];
}
