using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>Where in the journal each incarnation of this node began to write. A start without the newest entries writes
/// others in their place, so a reader of an earlier incarnation goes on no later than where the next one began.</summary>
internal sealed class IncarnationStarts
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ushort, long> _starts = [];

    public void Add(ushort incarnation, long position)
    {
        lock (_gate)
        {
            _starts.TryAdd(incarnation, position);
        }
    }

    /// <summary>The first position of the incarnation after one; the greatest there is when there was none.</summary>
    public long FirstAfter(ushort incarnation)
    {
        lock (_gate)
        {
            foreach ((ushort later, long position) in _starts)
            {
                if (later > incarnation)
                {
                    return position;
                }
            }

            return long.MaxValue;
        }
    }

    /// <summary>Where the present incarnation begins; 0 when there was none before.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _starts.Count == 0 ? 0 : _starts.Values.Last();
            }
        }
    }

    /// <summary><c>n u16 x { incarnation u16 | position i64 }</c></summary>
    public void Write(RecordWriter writer)
    {
        lock (_gate)
        {
            writer.WriteUInt16((ushort)_starts.Count);
            foreach ((ushort incarnation, long position) in _starts)
            {
                writer.WriteUInt16(incarnation);
                writer.WriteInt64(position);
            }
        }
    }

    public static IncarnationStarts Read(ref RecordReader reader)
    {
        var starts = new IncarnationStarts();
        for (int n = reader.ReadUInt16(); n > 0; n--)
        {
            starts.Add(reader.ReadUInt16(), reader.ReadInt64());
        }

        return starts;
    }
}
