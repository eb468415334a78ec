using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What a node knows to be removed where neither its applied vector nor its digest says so: records with markers, and
/// deletes of keys that something may still arrive for. Whoever takes over the vector has to be told these too, or would
/// claim to have seen removals that it cannot carry out when what they remove arrives.
/// <para>
/// A record is told by a <see cref="KeyChunk"/> that holds nothing else. A delete is told by a chunk of one record with
/// the suffix <c>0x01 | of everything u8</c> and the content <c>stamp u64 | ClearVector</c>; that of everything has no
/// name, and is told apart from those of partitions.
/// </para>
/// </summary>
internal sealed class RemovalChunks(Keyspace keyspace, KeyRange ranges)
{
    /// <summary>Whether there is any in a partition; the gate of its shard is held.</summary>
    public bool HasIn(ushort partition) => keyspace.Sweeper.HasIn(partition) || keyspace.Clears.HasIn(partition);

    /// <summary>All of a partition; the gate of its shard is held.</summary>
    public List<byte[]> In(ushort partition)
    {
        var chunks = new List<byte[]>();
        var writer = new RecordWriter();
        foreach (PendingClear clear in keyspace.Clears.In(partition))
        {
            chunks.Add(Write(clear));
        }

        foreach ((KeyEntry entry, byte[] suffix) in keyspace.Sweeper.In(partition))
        {
            byte[] after = [.. suffix, 0];
            List<StoredElement> record = entry.IsDropped ? [] : ranges.Read(entry, suffix, after);
            if (record.Count > 0)
            {
                writer.Clear();
                KeyChunk.Write(writer, entry.Name, suffix, after, record);
                chunks.Add(writer.Written.ToArray());
            }
        }

        return chunks;
    }

    /// <summary>Reads a delete out of a chunk.</summary>
    /// <returns>It, or null when the chunk tells of records.</returns>
    /// <exception cref="RecordFormatException">It does not decode.</exception>
    public static PendingClear? ClearIn(ushort partition, KeyChunk chunk)
    {
        if (chunk.Records is not [(byte[] suffix, byte[] content)] || suffix is not [JournalEntry.ClearTag, ..])
        {
            return null;
        }

        bool isOfEverything = suffix is [_, 1];
        RecordCheck.Require(isOfEverything ? chunk.Name.Length == 0 : suffix is [_, 0], "a delete is of no key");
        var reader = new RecordReader(content);
        var stamp = new Stamp(reader.ReadUInt64());
        ClearVector vector = ClearVector.Read(content.AsSpan(reader.Position));
        return new PendingClear(isOfEverything ? JournalEntry.EveryPartition : partition, chunk.Name, vector, stamp);
    }

    /// <summary>Deletes of everything.</summary>
    public List<byte[]> OfEverything() => keyspace.Clears.IsEmpty
        ? []
        : [.. keyspace.Clears.In(JournalEntry.EveryPartition).Select(Write)];

    private static byte[] Write(PendingClear clear)
    {
        var content = new RecordWriter();
        content.WriteUInt64(clear.Stamp.Value);
        clear.Vector.Write(content);
        byte[] suffix = [JournalEntry.ClearTag, clear.IsOfEverything ? (byte)1 : (byte)0];
        var writer = new RecordWriter();
        KeyChunk.Write(writer, clear.Name, [], to: null, [(suffix, content.Written.ToArray())]);
        return writer.Written.ToArray();
    }
}
