using System.Buffers;

namespace Marekvs.Storage.RocksDb;

/// <summary>
/// A key as it is stored. One byte in front keeps the store's own row apart from the rows of its user, whatever
/// bytes those have.
/// </summary>
/// <remarks>
/// <code>
/// 0x00        the watermark, u64 little-endian
/// 0x01 | key  a row
/// </code>
/// </remarks>
internal ref struct RowKey
{
    public const int StackBytes = 256;

    private const byte RowPrefix = 1;
    private byte[]? _rented;

    /// <summary>A key in a buffer of the caller, or a rented one when it is too long for that.</summary>
    /// <param name="key">The key.</param>
    /// <param name="buffer">Room for short keys.</param>
    public RowKey(ReadOnlySpan<byte> key, Span<byte> buffer)
    {
        int length = key.Length + 1;
        _rented = length <= buffer.Length ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> target = _rented is null ? buffer[..length] : _rented.AsSpan(0, length);
        target[0] = RowPrefix;
        key.CopyTo(target[1..]);
        Bytes = target;
    }

    public static ReadOnlySpan<byte> Watermark => [0];

    /// <summary>Above every row.</summary>
    public static byte[] End => [RowPrefix + 1];

    public ReadOnlySpan<byte> Bytes { get; }

    public static byte[] ToArray(ReadOnlySpan<byte> key) => [RowPrefix, .. key];

    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> stored) => stored[1..];

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
