using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// The origins that this node has heard of. None is ever forgotten: without its entry in the applied vector, what a life
/// that is over wrote would look as if nobody had seen it. Therefore peers may bring only so many, and what speaks of
/// more is refused before anything is changed.
/// </summary>
internal sealed class KnownOrigins
{
    private readonly Lock _gate = new();
    private readonly HashSet<Origin> _known = [];
    private ulong _last;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _known.Count;
            }
        }
    }

    /// <summary>Notes what is here already, or is this node's own.</summary>
    public void Add(IEnumerable<Origin> origins)
    {
        lock (_gate)
        {
            _known.UnionWith(origins);
        }
    }

    /// <summary>A peer speaks of an origin.</summary>
    /// <exception cref="RecordFormatException">It is one too many.</exception>
    public void Admit(Origin origin)
    {
        // Nearly always it is the one that was spoken of before.
        if (origin.Value == Volatile.Read(ref _last))
        {
            return;
        }

        lock (_gate)
        {
            RecordCheck.Require(
                _known.Contains(origin) || _known.Count < Limits.OriginsMax,
                $"{origin} is one life of a node too many: {Limits.OriginsMax} are known");
            _known.Add(origin);
        }

        Volatile.Write(ref _last, origin.Value);
    }

    /// <summary>A peer speaks of the origins in a vector.</summary>
    /// <exception cref="RecordFormatException">They are too many.</exception>
    public void Admit(VersionVector vector)
    {
        foreach ((Origin origin, _) in vector.Entries)
        {
            Admit(origin);
        }
    }

    /// <summary>A peer speaks of the origins in a record.</summary>
    /// <exception cref="RecordFormatException">They are too many.</exception>
    public void Admit(Cell cell)
    {
        foreach (CellDot dot in cell.Dots)
        {
            Admit(dot.Origin);
        }

        foreach (CellDeadline entry in cell.Deadlines)
        {
            Admit(entry.Origin);
        }

        foreach (CounterSlot slot in cell.Slots)
        {
            Admit(slot.Origin);
        }
    }
}
