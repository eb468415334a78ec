using System.Runtime.InteropServices;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Streams;

/// <summary>
/// What of one origin's entries a group was given: all up to an id, and some beyond it.
/// <code>
/// start ms u64 | start seq u64 | ms u64 | seq u64 | read i64
///     | n varint | n x { ms varint, more than the one before | seq varint }                               little-endian
/// </code>
/// It says where it started, for it may come before the group's record. Joined, everything counts that either knows of; the
/// count is that of who went further, or else the larger one.
/// </summary>
internal sealed class StreamCursor
{
    // Sorted, and none at or before the id.
    private readonly List<StreamId> _beyond;

    internal StreamCursor(StreamId start)
        : this(start, start, StreamGroup.UnknownRead, [])
    {
    }

    private StreamCursor(StreamId start, StreamId id, long read, List<StreamId> beyond) =>
        (Start, Id, Read, _beyond) = (start, id, read, beyond);

    /// <summary>Nothing up to here was to be given.</summary>
    internal StreamId Start { get; private set; }

    /// <summary>Everything up to here was given.</summary>
    internal StreamId Id { get; private set; }

    /// <summary>Entries the group had read by then, or -1 when that is not known.</summary>
    internal long Read { get; set; }

    /// <summary>How many were given beyond the id.</summary>
    internal int BeyondCount => _beyond.Count;

    /// <summary>The largest id that was given.</summary>
    internal StreamId Last => _beyond.Count > 0 ? _beyond[^1] : Id;

    internal bool Has(StreamId id) => (id > Start && id <= Id) || (_beyond.Count > 0 && _beyond.BinarySearch(id) >= 0);

    /// <summary>Everything up to an id was given.</summary>
    internal void MoveTo(StreamId id)
    {
        if (id > Id)
        {
            Id = id;
            _beyond.RemoveAll(beyond => beyond <= id);
        }
    }

    /// <summary>An entry was given, and not all before it.</summary>
    internal void Add(StreamId id)
    {
        if (id > Id && _beyond.BinarySearch(id) is < 0 and int at)
        {
            _beyond.Insert(~at, id);
        }
    }

    internal static StreamCursor Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        var start = new StreamId(reader.ReadUInt64(), reader.ReadUInt64());
        var id = new StreamId(reader.ReadUInt64(), reader.ReadUInt64());
        long read = reader.ReadInt64();
        List<StreamId> beyond = [];
        StreamId last = id;
        for (int n = reader.ReadLength(); n > 0; n--)
        {
            var next = new StreamId(last.Milliseconds + ReadUInt64(ref reader), ReadUInt64(ref reader));
            Require(next > last);
            beyond.Add(next);
            last = next;
        }

        Require(reader.Remaining == 0);
        return new StreamCursor(start, id, read, beyond);
    }

    internal byte[] ToPayload()
    {
        var writer = new RecordWriter(48 + (8 * _beyond.Count));
        Write(writer);
        return writer.Written.ToArray();
    }

    internal static void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, RecordWriter joined)
    {
        StreamCursor a = Decode(left);
        StreamCursor b = Decode(right);
        a.Read = (a.Last, a.Read).CompareTo((b.Last, b.Read)) > 0 ? a.Read : b.Read;
        a.Start = a.Start < b.Start ? a.Start : b.Start;
        a.MoveTo(b.Id);
        foreach (StreamId id in CollectionsMarshal.AsSpan(b._beyond))
        {
            a.Add(id);
        }

        a.Write(joined);
    }

    private void Write(RecordWriter writer)
    {
        writer.WriteUInt64(Start.Milliseconds);
        writer.WriteUInt64(Start.Sequence);
        writer.WriteUInt64(Id.Milliseconds);
        writer.WriteUInt64(Id.Sequence);
        writer.WriteInt64(Read);
        writer.WriteLength(_beyond.Count);
        ulong before = Id.Milliseconds;
        foreach (StreamId id in CollectionsMarshal.AsSpan(_beyond))
        {
            writer.WriteVarint(id.Milliseconds - before);
            writer.WriteVarint(id.Sequence);
            before = id.Milliseconds;
        }
    }

    private static ulong ReadUInt64(ref RecordReader reader)
    {
        UInt128 value = reader.ReadVarint();
        Require(value <= ulong.MaxValue);
        return (ulong)value;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new RecordFormatException("a group's cursor does not decode");
        }
    }
}
