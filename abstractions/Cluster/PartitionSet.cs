using System.Numerics;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>Some of the partitions; a value that never changes.</summary>
/// <remarks>
/// <code>
/// set = kind u8, 0: none, 1: all, 2: bits follow | 512 bytes, the lowest bit of the first one for partition 0
/// </code>
/// </remarks>
public sealed class PartitionSet : IEquatable<PartitionSet>
{
    private const int Bytes = Limits.Partitions / 8;

    private readonly byte[] _bits;

    private PartitionSet(byte[] bits)
    {
        _bits = bits;
        Count = bits.Sum(b => BitOperations.PopCount(b));
    }

    /// <summary>Every partition.</summary>
    public static PartitionSet All { get; } = Where(static _ => true);

    /// <summary>No partition.</summary>
    public static PartitionSet None { get; } = Where(static _ => false);

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Whether none is missing.</summary>
    public bool IsAll => Count == Limits.Partitions;

    /// <summary>The partitions, in order.</summary>
    public IEnumerable<ushort> Members
    {
        get
        {
            for (ushort partition = 0; partition < Limits.Partitions; partition++)
            {
                if (Contains(partition))
                {
                    yield return partition;
                }
            }
        }
    }

    /// <summary>The partitions for which something holds.</summary>
    /// <param name="holds">What.</param>
    public static PartitionSet Where(Func<ushort, bool> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        byte[] bits = new byte[Bytes];
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            if (holds(partition))
            {
                bits[partition / 8] |= (byte)(1 << (partition % 8));
            }
        }

        return new PartitionSet(bits);
    }

    /// <summary>The partitions listed.</summary>
    /// <param name="partitions">They.</param>
    public static PartitionSet Of(IEnumerable<ushort> partitions)
    {
        var listed = partitions.ToHashSet();
        return Where(listed.Contains);
    }

    /// <summary>Whether a partition is among them.</summary>
    /// <param name="partition">0 to 4095.</param>
    public bool Contains(ushort partition) => (_bits[partition / 8] >> (partition % 8) & 1) == 1;

    /// <summary>Whether all of these are in another set.</summary>
    /// <param name="other">The other set.</param>
    public bool IsWithin(PartitionSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Bytes; i++)
        {
            if ((_bits[i] & ~other._bits[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Encodes the set.</summary>
    /// <param name="writer">Receives it.</param>
    public void Write(RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(Count == 0 ? (byte)0 : IsAll ? (byte)1 : (byte)2);
        if (Count > 0 && !IsAll)
        {
            writer.WriteBytes(_bits);
        }
    }

    /// <summary>Decodes a set.</summary>
    /// <param name="reader">Stands at it.</param>
    /// <exception cref="RecordFormatException">That is none.</exception>
    public static PartitionSet Read(ref RecordReader reader) => reader.ReadByte() switch
    {
        0 => None,
        1 => All,
        2 => new PartitionSet(reader.ReadBytes(Bytes).ToArray()),
        _ => throw new RecordFormatException("a set of partitions of an unknown kind"),
    };

    /// <inheritdoc/>
    public bool Equals(PartitionSet? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;
}
