using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>A vector for each of some partitions.</summary>
internal sealed class PartitionVectors
{
    private readonly VersionVector?[] _vectors = new VersionVector?[Limits.Partitions];

    /// <summary>How many partitions have one.</summary>
    public int Count { get; private set; }

    /// <summary>The vector of a partition, or null.</summary>
    public VersionVector? this[ushort partition] => _vectors[partition];

    /// <summary>All of them.</summary>
    public IEnumerable<(ushort Partition, VersionVector Vector)> All
    {
        get
        {
            for (int p = 0; Count > 0 && p < _vectors.Length; p++)
            {
                if (_vectors[p] is { } vector)
                {
                    yield return ((ushort)p, vector);
                }
            }
        }
    }

    public void Raise(ushort partition, Origin origin, Stamp stamp)
    {
        if (_vectors[partition] is null)
        {
            Put(partition, new VersionVector());
        }

        _vectors[partition]!.Raise(origin, stamp);
    }

    public void Put(ushort partition, VersionVector vector)
    {
        Count += _vectors[partition] is null ? 1 : 0;
        _vectors[partition] = vector;
    }

    public void Remove(ushort partition)
    {
        Count -= _vectors[partition] is null ? 0 : 1;
        _vectors[partition] = null;
    }

    /// <summary>Takes out of all vectors what says nothing; a vector that is empty then goes.</summary>
    public void Forget(Func<ushort, Dot, bool> isCovered)
    {
        foreach ((ushort partition, VersionVector vector) in All)
        {
            Forget(partition, vector, isCovered);
        }
    }

    /// <summary>Takes out of one vector what says nothing.</summary>
    /// <returns>Whether nothing is left of it.</returns>
    public bool Forget(ushort partition, Func<ushort, Dot, bool> isCovered) =>
        _vectors[partition] is not { } vector || Forget(partition, vector, isCovered);

    /// <summary><c>n u16 x { partition u16 | vector }</c></summary>
    public void Write(RecordWriter writer)
    {
        writer.WriteUInt16((ushort)Count);
        foreach ((ushort partition, VersionVector vector) in All)
        {
            writer.WriteUInt16(partition);
            vector.Write(writer.Reserve(vector.EncodedLength));
        }
    }

    /// <exception cref="RecordFormatException">Those are none.</exception>
    public static PartitionVectors Read(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        var vectors = new PartitionVectors();
        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            ushort partition = reader.ReadUInt16();
            RecordCheck.Require(partition < Limits.Partitions, "partition out of range");
            vectors.Put(partition, ReadVector(ref reader, source));
        }

        return vectors;
    }

    public static VersionVector ReadVector(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        VersionVector vector = VersionVector.Read(source[reader.Position..], out int consumed);
        reader.ReadBytes(consumed);
        return vector;
    }

    private bool Forget(ushort partition, VersionVector vector, Func<ushort, Dot, bool> isCovered)
    {
        vector.Forget(dot => isCovered(partition, dot));
        if (vector.Count > 0)
        {
            return false;
        }

        Remove(partition);
        return true;
    }
}
