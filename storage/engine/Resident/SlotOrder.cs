using System.Runtime.CompilerServices;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// In which slot of a leaf the element at each position lies, and behind the last the slots that are free. Elements that
/// come and go move these bytes and not the records: records hold references, of whose moves the garbage collector has
/// to be told, and the next collection looks at all of them again.
/// </summary>
[InlineArray(ElementNode.Fanout)]
internal struct SlotOrder
{
    private byte _first;

    /// <summary>The first elements are in the first slots.</summary>
    public void Reset()
    {
        for (int i = 0; i < ElementNode.Fanout; i++)
        {
            this[i] = (byte)i;
        }
    }

    /// <summary>Gives a free slot to a position.</summary>
    /// <param name="at">The position.</param>
    /// <param name="count">How many slots are in use.</param>
    /// <returns>The slot.</returns>
    public int Insert(int at, int count)
    {
        Span<byte> slots = this;
        byte free = slots[count];
        slots[at..count].CopyTo(slots[(at + 1)..]);
        slots[at] = free;
        return free;
    }

    /// <summary>Sets the slot of a position free.</summary>
    /// <param name="at">The position.</param>
    /// <param name="count">How many slots are in use.</param>
    /// <returns>The slot.</returns>
    public int Remove(int at, int count)
    {
        Span<byte> slots = this;
        byte free = slots[at];
        slots[(at + 1)..count].CopyTo(slots[at..]);
        slots[count - 1] = free;
        return free;
    }
}
