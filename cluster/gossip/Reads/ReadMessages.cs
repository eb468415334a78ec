using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Reads;

// What an asker sends:
//   Fetch     kind u8 | id u32 | what u8 | hash u64 | partition u16 | name to the end
//   Taken     kind u8 | number u64
//   Released  kind u8 | n u16 x { partition u16 | length varint, name }
// What is told to an asker. Numbers rise by one; where one is missing something may have been said that was not heard,
// and no lease counts any more:
//   Fetched   kind u8 | number u64 | id u32 | piece u32 | is last u8 | vector | chunk to the end
//   Fresh     kind u8 | number u64 | id u32
//   Refused   kind u8 | number u64 | id u32
//   Changed   kind u8 | number u64 | n u16 x { partition u16 | vector | m u16 x { length varint, chunk } }; n = 0: a beat
//   Ended     kind u8 | number u64 | n u16 x { partition u16 | length varint, name }

/// <summary>What is fetched.</summary>
internal enum FetchScope : byte
{
    /// <summary>A key with all its records.</summary>
    Key = 0,

    /// <summary>A key, unless what is live in it has the hash the asker's copy has.</summary>
    KeyUnlessSame = 1,

    /// <summary>Nothing: from now on the asker is told of every change of the partition.</summary>
    Partition = 2,
}

/// <summary>Asks for a key and a lease on it.</summary>
internal readonly record struct FetchMessage(uint Id, FetchScope Scope, ulong Hash, KeyName Key)
{
    public byte[] Write()
    {
        var writer = new RecordWriter(Key.Name.Length + 16);
        writer.WriteByte((byte)MessageKind.Fetch);
        writer.WriteUInt32(Id);
        writer.WriteByte((byte)Scope);
        writer.WriteUInt64(Hash);
        writer.WriteUInt16(Key.Partition);
        writer.WriteBytes(Key.Name);
        return writer.Written.ToArray();
    }

    public static FetchMessage Read(ref RecordReader reader)
    {
        uint id = reader.ReadUInt32();
        var scope = (FetchScope)reader.ReadByte();
        ulong hash = reader.ReadUInt64();
        ushort partition = AntiEntropy.Wire.Partition(ref reader);
        byte[] name = reader.ReadRest().ToArray();
        return scope > FetchScope.Partition || (scope != FetchScope.Partition && KeyAddress.PartitionOf(name) != partition)
            ? throw new RecordFormatException("a fetch of what cannot be")
            : new FetchMessage(id, scope, hash, new KeyName(partition, name));
    }
}

/// <summary>The head of a piece of a key.</summary>
internal readonly record struct FetchedMessage(uint Id, uint Piece, bool IsLast, VersionVector Applied)
{
    public void Write(RecordWriter writer, ReadOnlySpan<byte> chunk)
    {
        writer.WriteUInt32(Id);
        writer.WriteUInt32(Piece);
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        Vectors.Write(writer, Applied);
        writer.WriteBytes(chunk);
    }

    public static FetchedMessage Read(ref RecordReader reader, ReadOnlySpan<byte> message, out ReadOnlySpan<byte> chunk)
    {
        var fetched = new FetchedMessage(
            reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadByte() != 0, Vectors.Read(ref reader, message));
        chunk = reader.ReadRest();
        return fetched;
    }
}

/// <summary>How names of keys are written.</summary>
internal static class KeyNames
{
    public static void Write(RecordWriter writer, IReadOnlyList<KeyName> keys)
    {
        writer.WriteUInt16(checked((ushort)keys.Count));
        foreach (KeyName key in keys)
        {
            writer.WriteUInt16(key.Partition);
            writer.WriteLength(key.Name.Length);
            writer.WriteBytes(key.Name);
        }
    }

    public static KeyName[] Read(ref RecordReader reader)
    {
        var keys = new KeyName[reader.ReadUInt16()];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new KeyName(AntiEntropy.Wire.Partition(ref reader), reader.ReadBytes(reader.ReadLength()).ToArray());
        }

        return keys;
    }
}
