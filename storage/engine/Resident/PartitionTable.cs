using System.Buffers.Binary;
using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// Per partition: the list of changed keys, the key counts and the digest. A digest is the XOR of one contribution
/// per live record in each of 256 buckets, kept up to date by every change, so it is always ready. All records
/// of a key fall into the key's bucket.
/// </summary>
internal sealed class PartitionTable
{
    public const int RowBytes = 16 + (Limits.DigestBuckets * sizeof(ulong));

    private readonly ulong[] _digests = new ulong[Limits.Partitions * Limits.DigestBuckets];
    private readonly long[] _versions = new long[Limits.Partitions];

    public readonly KeyEntry?[] DirtyKeys = new KeyEntry?[Limits.Partitions];
    public readonly bool[] IsQueued = new bool[Limits.Partitions];
    public readonly long[] Keys = new long[Limits.Partitions];
    public readonly long[] KeysWithDeadline = new long[Limits.Partitions];

    public Span<ulong> Digest(ushort partition) =>
        _digests.AsSpan(partition * Limits.DigestBuckets, Limits.DigestBuckets);

    /// <summary>Grows with every change of a digest.</summary>
    public long VersionOf(ushort partition) => Volatile.Read(ref _versions[partition]);

    public void Toggle(ushort partition, ulong keyHash, ulong contribution)
    {
        _digests[(partition * Limits.DigestBuckets) + (int)(keyHash % Limits.DigestBuckets)] ^= contribution;
        _versions[partition]++;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_digests);
        for (int p = 0; p < _versions.Length; p++)
        {
            _versions[p]++;
        }

        Array.Clear(DirtyKeys);
        Array.Clear(IsQueued);
        Array.Clear(Keys);
        Array.Clear(KeysWithDeadline);
    }

    public void WriteRow(ushort partition, Span<byte> row)
    {
        BinaryPrimitives.WriteInt64LittleEndian(row, Keys[partition]);
        BinaryPrimitives.WriteInt64LittleEndian(row[8..], KeysWithDeadline[partition]);
        Span<ulong> digest = Digest(partition);
        for (int i = 0; i < digest.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(row[(16 + (i * 8))..], digest[i]);
        }
    }

    public void ReadRow(ushort partition, ReadOnlySpan<byte> row)
    {
        Keys[partition] = BinaryPrimitives.ReadInt64LittleEndian(row);
        KeysWithDeadline[partition] = BinaryPrimitives.ReadInt64LittleEndian(row[8..]);
        _versions[partition]++;
        Span<ulong> digest = Digest(partition);
        for (int i = 0; i < digest.Length; i++)
        {
            digest[i] = BinaryPrimitives.ReadUInt64LittleEndian(row[(16 + (i * 8))..]);
        }
    }
}
