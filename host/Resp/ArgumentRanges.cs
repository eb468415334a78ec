using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Resp;

/// <summary>A list of argument ranges that its owner reuses for every command.</summary>
internal sealed class ArgumentRanges
{
    private const int First = 16;
    private const int Kept = 4096;

    private ArgumentRange[] _items = new ArgumentRange[First];

    /// <summary>How many ranges there are.</summary>
    public int Count { get; private set; }

    /// <summary>Ranges that fit without growing.</summary>
    public int Capacity => _items.Length;

    /// <summary>The ranges.</summary>
    public Span<ArgumentRange> Items => _items.AsSpan(0, Count);

    /// <summary>Adds a range.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its length.</param>
    public void Add(int offset, int length)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = new ArgumentRange(offset, length);
    }

    /// <summary>Makes the list this long.</summary>
    /// <param name="count">How long.</param>
    /// <returns>The ranges to fill; their content is undefined.</returns>
    public Span<ArgumentRange> SetCount(int count)
    {
        if (count > _items.Length)
        {
            _items = new ArgumentRange[Math.Max(count, _items.Length * 2)];
        }

        Count = count;
        return _items.AsSpan(0, count);
    }

    /// <summary>Empties the list; what one huge command made of it is given back.</summary>
    public void Clear()
    {
        Count = 0;
        if (_items.Length > Kept)
        {
            _items = new ArgumentRange[First];
        }
    }
}
