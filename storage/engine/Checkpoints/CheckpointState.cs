using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>
/// What a checkpoint says of the node, under the meta key "state", written in one batch with the watermark.
/// <code>
/// version u32 = 1 | journal identity 16 | origin u32 | hash seed u64 | applied vector
/// | exceptions u16 = 0 (partitions whose vector lags behind: reserved for { partition u16 | vector })
/// </code>
/// The applied vector covers exactly what lies before the watermark in the journal; records in the store may be newer,
/// which replaying the journal does not mind.
/// </summary>
internal sealed record CheckpointState(Guid Identity, Origin Origin, ulong HashSeed, VersionVector Applied)
{
    private const uint Version = 1;

    public void Write(RecordWriter writer)
    {
        writer.Clear();
        writer.WriteUInt32(Version);
        Identity.TryWriteBytes(writer.Reserve(16));
        writer.WriteUInt32(Origin.Value);
        writer.WriteUInt64(HashSeed);
        Applied.Write(writer.Reserve(Applied.EncodedLength));
        writer.WriteUInt16(0);
    }

    /// <exception cref="JournalException">The bytes are not a checkpoint state of this version.</exception>
    public static CheckpointState Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new RecordReader(bytes);
            uint version = reader.ReadUInt32();
            if (version != Version)
            {
                throw new JournalException(
                    $"The store was written by format version {version}; this program reads version {Version}. Use the program that wrote it.");
            }

            var identity = new Guid(reader.ReadBytes(16));
            var origin = new Origin(reader.ReadUInt32());
            ulong seed = reader.ReadUInt64();
            VersionVector applied = VersionVector.Read(bytes[reader.Position..], out _);
            return new CheckpointState(identity, origin, seed, applied);
        }
        catch (RecordFormatException e)
        {
            throw new JournalException(
                "The store's checkpoint state is damaged. Restore the data directory from a backup.", e);
        }
    }
}
