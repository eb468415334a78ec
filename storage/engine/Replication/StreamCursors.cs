using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>How far the journals of other nodes were taken in. What a cursor covers is in this node's journal; after a
/// crash a cursor may be older than that, and then entries come again and change nothing.</summary>
internal sealed class StreamCursors
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ushort, JournalCursor> _byNode = [];

    /// <summary>The nodes whose journals were read.</summary>
    public IReadOnlyCollection<ushort> Nodes
    {
        get
        {
            lock (_gate)
            {
                return [.. _byNode.Keys];
            }
        }
    }

    public JournalCursor Of(ushort node)
    {
        lock (_gate)
        {
            return _byNode.GetValueOrDefault(node);
        }
    }

    public void Set(ushort node, JournalCursor cursor)
    {
        lock (_gate)
        {
            _byNode[node] = cursor;
        }
    }

    public void Remove(ushort node)
    {
        lock (_gate)
        {
            _byNode.Remove(node);
        }
    }

    /// <summary><c>n u16 x { node u16 | journal 16 | incarnation u16 | position i64 }</c></summary>
    public void Write(RecordWriter writer)
    {
        lock (_gate)
        {
            writer.WriteUInt16((ushort)_byNode.Count);
            foreach ((ushort node, JournalCursor cursor) in _byNode)
            {
                writer.WriteUInt16(node);
                cursor.Journal.TryWriteBytes(writer.Reserve(16));
                writer.WriteUInt16(cursor.Incarnation);
                writer.WriteInt64(cursor.Position);
            }
        }
    }

    public static StreamCursors Read(ref RecordReader reader)
    {
        var cursors = new StreamCursors();
        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            ushort node = reader.ReadUInt16();
            cursors.Set(node, new JournalCursor(new Guid(reader.ReadBytes(16)), reader.ReadUInt16(), reader.ReadInt64()));
        }

        return cursors;
    }
}
