using System.Buffers.Binary;

namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// For each origin the newest stamp up to which something holds. Three uses with one shape: the applied vector ("I
/// have applied all of this origin up to here"), the clear vector of a collection ("everything of this origin up to
/// here is deleted") and the clear vector of a partition (FLUSHALL). The join is the pointwise maximum.
/// </summary>
/// <remarks>
/// <code>
/// vector = count u16 | count x { origin u32 | stamp u64 }     little-endian, sorted by origin
/// </code>
/// </remarks>
public sealed class VersionVector
{
    private const int EntryBytes = 12;
    private readonly SortedList<Origin, Stamp> _entries = [];

    /// <summary>How many origins are listed.</summary>
    public int Count => _entries.Count;

    /// <summary>The entries, sorted by origin.</summary>
    public IEnumerable<KeyValuePair<Origin, Stamp>> Entries => _entries;

    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    public int EncodedLength => 2 + (_entries.Count * EntryBytes);

    /// <summary>The stamp of an origin, or <see cref="Stamp.Zero"/>.</summary>
    /// <param name="origin">The origin asked for.</param>
    public Stamp this[Origin origin] => _entries.GetValueOrDefault(origin);

    /// <summary>Whether a dot lies at or below the vector.</summary>
    /// <param name="dot">The dot.</param>
    /// <returns>True when the vector covers it.</returns>
    public bool Covers(Dot dot) => dot.Stamp <= this[dot.Origin];

    /// <summary>Raises one entry; a smaller stamp changes nothing.</summary>
    /// <param name="origin">The origin.</param>
    /// <param name="stamp">The stamp it reaches at least.</param>
    public void Raise(Origin origin, Stamp stamp)
    {
        if (stamp > this[origin])
        {
            _entries[origin] = stamp;
        }
    }

    /// <summary>Pointwise maximum with another vector.</summary>
    /// <param name="other">The other vector; not changed.</param>
    public void Join(VersionVector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((Origin origin, Stamp stamp) in other._entries)
        {
            Raise(origin, stamp);
        }
    }

    /// <summary>Forgets entries that no longer say anything new.</summary>
    /// <param name="isCovered">True for a dot that the local applied vector covers.</param>
    public void Forget(Func<Dot, bool> isCovered)
    {
        ArgumentNullException.ThrowIfNull(isCovered);
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (isCovered(new Dot(_entries.Values[i], _entries.Keys[i])))
            {
                _entries.RemoveAt(i);
            }
        }
    }

    /// <summary>A copy.</summary>
    public VersionVector Clone()
    {
        var copy = new VersionVector();
        copy.Join(this);
        return copy;
    }

    /// <summary>Encodes the vector.</summary>
    /// <param name="destination">At least <see cref="EncodedLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, checked((ushort)_entries.Count));
        int at = 2;
        foreach ((Origin origin, Stamp stamp) in _entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], origin.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(at + 4)..], stamp.Value);
            at += EntryBytes;
        }

        return at;
    }

    /// <summary>Decodes a vector.</summary>
    /// <param name="source">Bytes that begin with a vector.</param>
    /// <param name="consumed">The bytes the vector took.</param>
    /// <returns>The vector.</returns>
    /// <exception cref="RecordFormatException">The bytes are not a vector in canonical order, or it is too long.</exception>
    public static VersionVector Read(ReadOnlySpan<byte> source, out int consumed)
    {
        var reader = new RecordReader(source);
        int count = reader.ReadUInt16();
        if (count > Limits.VectorEntriesMax)
        {
            throw new RecordFormatException($"a vector of {count} origins where {Limits.VectorEntriesMax} are the most");
        }

        var vector = new VersionVector();
        long previous = -1;
        for (int i = 0; i < count; i++)
        {
            uint origin = reader.ReadUInt32();
            if (origin <= previous)
            {
                throw new RecordFormatException("vector entries are not sorted by origin");
            }

            previous = origin;
            var stamp = new Stamp(reader.ReadUInt64());
            if (stamp == Stamp.Zero)
            {
                throw new RecordFormatException("a vector lists an origin of which nothing was seen");
            }

            vector._entries.Add(new Origin(origin), stamp);
        }

        consumed = reader.Position;
        return vector;
    }
}
