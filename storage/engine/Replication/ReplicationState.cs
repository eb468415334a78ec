using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>What a node has to remember of others across restarts, beside its data.
/// <code>applied table | pending clears | stream cursors | incarnation starts | held partitions | marker list</code>
/// </summary>
internal sealed record ReplicationState(
    AppliedTable Applied, PendingClears Clears, StreamCursors Cursors, IncarnationStarts Starts, HeldPartitions Held,
    MarkerList Markers)
{
    public byte[] Write(Dot own)
    {
        var writer = new RecordWriter();
        Applied.Write(writer, own);
        Clears.Write(writer);
        Cursors.Write(writer);
        Starts.Write(writer);
        Held.Write(writer);
        Markers.Write(writer);
        return writer.Written.ToArray();
    }

    /// <param name="bytes">What was written; null when nothing was.</param>
    /// <exception cref="JournalException">The bytes are damaged.</exception>
    public static ReplicationState Read(byte[]? bytes)
    {
        if (bytes is null)
        {
            return new ReplicationState(
                new AppliedTable(), new PendingClears(), new StreamCursors(), new IncarnationStarts(), new HeldPartitions(),
                MarkerList.Empty);
        }

        try
        {
            var reader = new RecordReader(bytes);
            return new ReplicationState(
                AppliedTable.Read(ref reader, bytes),
                PendingClears.Read(ref reader, bytes),
                StreamCursors.Read(ref reader),
                IncarnationStarts.Read(ref reader),
                HeldPartitions.Read(ref reader),
                MarkerList.Read(ref reader));
        }
        catch (RecordFormatException e)
        {
            throw new JournalException(
                "The store's checkpoint state is damaged. Restore the data directory from a backup.", e);
        }
    }
}
