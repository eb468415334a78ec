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

    /// <summary>Heads in one cache line: a search looks at the last of each until it has the right one. Where it goes
    /// next does not depend on what it has read, so the processor reads ahead.</summary>
    private const int Stride = 8;

    private ulong[] _heads = new ulong[capacity];

    // How many bytes all suffixes share, which are left out of the heads, and a suffix that has them.
    private int _shared;
    private byte[] _sharing = [];

    public int Count { get; private set; }

    /// <summary>Visible elements below.</summary>
    public int Weight { get; set; }

    public bool IsFull => Count == Fanout;

    protected int Capacity => _heads.Length;

    public abstract byte[] SuffixAt(int at);

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
        int at = FirstNotBelow(head);
        if (at == Count || _heads[at] != head)
        {
            return ~at;
        }

        int difference = suffix.SequenceCompareTo(SuffixAt(at));
        return difference == 0 ? at
            : difference < 0 ? ~at
            : SearchEqual(suffix, head, at + 1);
    }

    /// <summary>Notes the head of a suffix that was put in place.</summary>
    protected void InsertHead(int at)
    {
        Array.Copy(_heads, at, _heads, at + 1, Count - at);
        Count++;
        if (Count <= first + 1 || (_shared > 0 && at >= first && CompareShared(SuffixAt(at)) != 0))
        {
            Index();
        }
        else
        {
            _heads[at] = HeadOf(SuffixAt(at));
        }
    }

    protected void RemoveHead(int at)
    {
        Count--;
        Array.Copy(_heads, at + 1, _heads, at, Count - at);
    }

    /// <summary>Follows a move of suffixes from a place on to the end of another node.</summary>
    protected void MoveHeads(int from, ElementNode to)
    {
        int at = to.Count;
        bool areWhole = _shared == 0 && to._shared == 0;
        Array.Copy(_heads, from, to._heads, at, Count - from);
        to.Count += Count - from;
        Count = from;
        Index(areWhole);
        if (!to.Index(areWhole))
        {
            // The first of a node may not have been searched there.
            to._heads[at] = to.HeadOf(to.SuffixAt(at));
        }
    }

    /// <summary>Finds out what the suffixes share, and takes the heads of all.</summary>
    /// <param name="areWhole">Whether the heads there are leave nothing out: then they may be right already.</param>
    /// <returns>Whether heads were taken.</returns>
    private bool Index(bool areWhole = false)
    {
        _sharing = Count > first ? SuffixAt(first) : [];
        int shared = Count > first ? _sharing.AsSpan().CommonPrefixLength(SuffixAt(Count - 1)) : 0;
        _shared = shared < sizeof(ulong) ? 0 : shared;
        if (areWhole && _shared == 0)
        {
            return false;
        }

        for (int i = first; i < Count; i++)
        {
            _heads[i] = HeadOf(SuffixAt(i));
        }

        return true;
    }

    protected virtual void Resize(int capacity) => Array.Resize(ref _heads, capacity);

    private int FirstNotBelow(ulong head)
    {
        ReadOnlySpan<ulong> heads = _heads.AsSpan(0, Count);
        int at = first;
        while (at + Stride <= heads.Length && heads[at + Stride - 1] < head)
        {
            at += Stride;
        }

        while (at < heads.Length && heads[at] < head)
        {
            at++;
        }

        return at;
    }

    /// <summary>Looks for a suffix among those with the same head.</summary>
    private int SearchEqual(ReadOnlySpan<byte> suffix, ulong head, int low)
    {
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _heads[middle] != head ? -1 : suffix.SequenceCompareTo(SuffixAt(middle));
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
