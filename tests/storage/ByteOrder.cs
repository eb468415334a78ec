namespace Marekvs.Storage.Tests;

/// <summary>Unsigned bytes, the shorter of two that agree first: the order every store must keep.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
