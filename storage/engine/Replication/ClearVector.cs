using System.Runtime.InteropServices;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What a delete deletes: whatever one vector covers; where everything is deleted, in partitions of which the deleter had
/// applied more than in the others, whatever another vector does.
/// <code>
/// vector | n u16 x { vector | m u16 x partition u16 }       little-endian; partitions ascend within a vector
/// </code>
/// </summary>
internal sealed class ClearVector(VersionVector common)
{
    private readonly SortedDictionary<ushort, VersionVector> _own = [];

    /// <summary>The vector of all partitions that have no other, and of a key.</summary>
    public VersionVector Common => common;

    /// <summary>All vectors, each with its partition, or that which stands for all.</summary>
    public IEnumerable<(ushort Partition, VersionVector Vector)> All =>
        _own.Select(own => (own.Key, own.Value)).Prepend((JournalEntry.EveryPartition, common));

    /// <summary>What any of the vectors covers.</summary>
    public VersionVector Largest
    {
        get
        {
            VersionVector largest = common.Clone();
            foreach (VersionVector vector in _own.Values)
            {
                largest.Join(vector);
            }

            return largest;
        }
    }

    /// <summary>The newest stamp in it.</summary>
    public Stamp Newest => All.SelectMany(of => of.Vector.Entries).Select(entry => entry.Value).DefaultIfEmpty().Max();

    public VersionVector In(ushort partition) => _own.GetValueOrDefault(partition, common);

    /// <summary>Gives a partition a vector that says more than the common one.</summary>
    public void Put(ushort partition, VersionVector vector) => _own[partition] = vector;

    /// <summary>Whether it deletes all that another does.</summary>
    public bool Includes(ClearVector other) =>
        Includes(common, other.Common) && other._own.All(own => Includes(In(own.Key), own.Value));

    public void Write(RecordWriter writer)
    {
        common.Write(writer.Reserve(common.EncodedLength));
        var groups = new List<(byte[] Vector, List<ushort> Partitions)>();
        foreach ((ushort partition, VersionVector vector) in _own)
        {
            byte[] bytes = new byte[vector.EncodedLength];
            vector.Write(bytes);
            int at = groups.FindIndex(group => group.Vector.AsSpan().SequenceEqual(bytes));
            if (at < 0)
            {
                groups.Add((bytes, [partition]));
            }
            else
            {
                groups[at].Partitions.Add(partition);
            }
        }

        writer.WriteUInt16((ushort)groups.Count);
        foreach ((byte[] vector, List<ushort> partitions) in groups)
        {
            writer.WriteBytes(vector);
            writer.WriteUInt16((ushort)partitions.Count);
            foreach (ushort partition in CollectionsMarshal.AsSpan(partitions))
            {
                writer.WriteUInt16(partition);
            }
        }
    }

    /// <exception cref="RecordFormatException">That is none.</exception>
    public static ClearVector Read(ref RecordReader reader, ReadOnlySpan<byte> source)
    {
        var clear = new ClearVector(PartitionVectors.ReadVector(ref reader, source));
        for (int groups = reader.ReadUInt16(); groups > 0; groups--)
        {
            VersionVector vector = PartitionVectors.ReadVector(ref reader, source);
            for (int n = reader.ReadUInt16(); n > 0; n--)
            {
                ushort partition = reader.ReadUInt16();
                RecordCheck.Require(partition < Limits.Partitions, "partition out of range");
                RecordCheck.Require(clear._own.TryAdd(partition, vector), "a partition has two clear vectors");
            }
        }

        return clear;
    }

    /// <summary>Reads one that nothing follows.</summary>
    /// <exception cref="RecordFormatException">That is none.</exception>
    public static ClearVector Read(ReadOnlySpan<byte> source)
    {
        var reader = new RecordReader(source);
        ClearVector clear = Read(ref reader, source);
        RecordCheck.Require(reader.Remaining == 0, "bytes follow a clear vector");
        return clear;
    }

    private static bool Includes(VersionVector vector, VersionVector other) =>
        other.Entries.All(entry => vector.Covers(new Dot(entry.Value, entry.Key)));
}
