using System.Globalization;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>
/// What a checkpoint says of the node, under the meta key "state", written in one batch with the watermark.
/// <code>
/// version u32 = 3 | journal identity 16 | origin u32 | hash seed u64 | closed in good order u8
/// | what it has applied and what it knows of others (see ReplicationState)
/// </code>
/// The applied vectors cover what lies before the watermark in the journal; records in the store may be newer, which
/// replaying the journal does not mind.
/// </summary>
internal sealed record CheckpointState(
    Guid Identity, Origin Origin, ulong HashSeed, bool IsClean, byte[] Replication)
{
    private const uint Version = 3;

    public void Write(RecordWriter writer)
    {
        writer.Clear();
        writer.WriteUInt32(Version);
        Identity.TryWriteBytes(writer.Reserve(16));
        writer.WriteUInt32(Origin.Value);
        writer.WriteUInt64(HashSeed);
        writer.WriteByte(IsClean ? (byte)1 : (byte)0);
        writer.WriteBytes(Replication);
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
            bool isClean = reader.ReadByte() == 1;
            return new CheckpointState(identity, origin, seed, isClean, bytes[reader.Position..].ToArray());
        }
        catch (RecordFormatException e)
        {
            throw new JournalException(
                "The store's checkpoint state is damaged. Restore the data directory from a backup.", e);
        }
    }

    /// <summary>Refuses a store and a journal that are not of one data directory, or of which a part is missing.</summary>
    /// <exception cref="JournalException">What does not agree, and what to do.</exception>
    public static void CheckBelongsTogether(CheckpointState? state, IStore store, JournalLog journal, string directory)
    {
        if (state is not null && state.Identity != journal.Identity)
        {
            throw new JournalException(
                $"The journal in {directory} ({journal.Identity}) belongs to another data directory than the store " +
                $"({state.Identity}). Put the matching journal back; a foreign one would be applied to the wrong data.");
        }

        long watermark = (long)store.Watermark;
        if (watermark > journal.End)
        {
            throw new JournalException(string.Create(
                CultureInfo.InvariantCulture,
                $"The store has everything up to journal position {watermark}, but the journal in {directory} ends at {journal.End}: ") +
                "journal files are missing. Bring them back from a backup, or move the whole data directory away to start empty.");
        }

        if (journal.First > Math.Max(0, watermark))
        {
            throw new JournalException(string.Create(
                CultureInfo.InvariantCulture,
                $"The store needs the journal from position {watermark}, but the oldest file in {directory} begins at {journal.First}. ") +
                "The files of the store or the first journal files were deleted. Bring them back from a backup, or move the " +
                "whole data directory away to start empty.");
        }
    }
}
