using System.Buffers.Binary;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// A node of the tree, searched by suffixes in order. A search compares heads, which lie side by side: the first 8 bytes
/// of a suffix as a number, zeros where it is shorter. It follows a reference only where heads are equal. Where all
/// suffixes begin with the same 8 bytes or more, as the ids of a stream do, the heads are what comes after that.
/// </summary>
/// <param name="capacity">How many suffixes it has room for at first.</param>
/// <param name="first">The first suffix that is searched.</param>
internal abstract class ElementNode(int capacity, int first)
{
    public const int Fanout = 64;

    private byte[][] _suffixes = new byte[capacity][];
    private ulong[] _heads = new ulong[capacity];

    // How many bytes all suffixes share, which are left out of the heads, and a suffix that has them.
    private int _shared;
    private byte[] _sharing = [];

    public int Count { get; private set; }

    /// <summary>Visible elements below.</summary>
    public int Weight { get; set; }

    public bool IsFull => Count == Fanout;

    protected int Capacity => _suffixes.Length;

    public byte[] SuffixAt(int at) => _suffixes[at];

    /// <summary>Looks for a suffix.</summary>
    /// <returns>Where it is, or the complement of where it would be.</returns>
    public int Search(ReadOnlySpan<byte> suffix)
    {
        if (_shared > 0)
        {
            int order = CompareShared(suffix);
            if (order != 0)
            {
                return order < 0 ? ~first : ~Count;
            }
        }

        ulong head = HeadOf(suffix);
        int low = first;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ulong other = _heads[middle];
            int order = head != other ? (head < other ? -1 : 1) : suffix.SequenceCompareTo(_suffixes[middle]);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return ~low;
    }

    protected void InsertSuffix(int at, byte[] suffix)
    {
        if (Count == _suffixes.Length)
        {
            Resize(Math.Min(Fanout, Count * 2));
        }

        Array.Copy(_suffixes, at, _suffixes, at + 1, Count - at);
        Array.Copy(_heads, at, _heads, at + 1, Count - at);
        _suffixes[at] = suffix;
        Count++;
        if (Count <= first + 1 || (_shared > 0 && at >= first && CompareShared(suffix) != 0))
        {
            Index();
        }
        else
        {
            _heads[at] = HeadOf(suffix);
        }
    }

    protected void RemoveSuffix(int at)
    {
        Count--;
        Array.Copy(_suffixes, at + 1, _suffixes, at, Count - at);
        Array.Copy(_heads, at + 1, _heads, at, Count - at);
        _suffixes[Count] = null!;
    }

    /// <summary>Moves the suffixes from a place on to the end of another node.</summary>
    protected void MoveSuffixes(int from, ElementNode to)
    {
        int moved = Count - from;
        if (to.Count + moved > to._suffixes.Length)
        {
            to.Resize(Fanout);
        }

        Array.Copy(_suffixes, from, to._suffixes, to.Count, moved);
        Array.Clear(_suffixes, from, moved);
        to.Count += moved;
        Count = from;
        Index();
        to.Index();
    }

    /// <summary>Replaces a suffix by another between the same neighbours.</summary>
    protected void SetSuffix(int at, byte[] suffix)
    {
        _suffixes[at] = suffix;
        Index();
    }

    protected virtual void Resize(int capacity)
    {
        Array.Resize(ref _suffixes, capacity);
        Array.Resize(ref _heads, capacity);
    }

    /// <summary>Finds out what the suffixes share, and takes the heads of all.</summary>
    private void Index()
    {
        _sharing = Count > first ? _suffixes[first] : [];
        int shared = Count > first ? _sharing.AsSpan().CommonPrefixLength(_suffixes[Count - 1]) : 0;
        _shared = shared < sizeof(ulong) ? 0 : shared;

        for (int i = first; i < Count; i++)
        {
            _heads[i] = HeadOf(_suffixes[i]);
        }
    }

    /// <summary>Compares the beginning of a suffix with what all of the node share.</summary>
    private int CompareShared(ReadOnlySpan<byte> suffix) =>
        suffix[..Math.Min(_shared, suffix.Length)].SequenceCompareTo(_sharing.AsSpan(0, _shared));

    private ulong HeadOf(ReadOnlySpan<byte> suffix)
    {
        ReadOnlySpan<byte> rest = _shared < suffix.Length ? suffix[_shared..] : default;
        if (rest.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        }

        Span<byte> head = stackalloc byte[sizeof(ulong)];
        head.Clear();
        rest.CopyTo(head);
        return BinaryPrimitives.ReadUInt64BigEndian(head);
    }
}
