using Marekvs.Abstractions.Sketches;

namespace Marekvs.Abstractions.Crdt;

/// <summary>What one origin's newest dot on an element says. The numbers reach disk; they are append-only.</summary>
public enum DotState : byte
{
    /// <summary>Removed or replaced by a write that saw it. Wins over live at an equal stamp.</summary>
    Dead = 0,

    /// <summary>A value.</summary>
    Live = 1,

    /// <summary>A value written only if absent (NX): among concurrent dots that all say so, the earliest is visible.
    /// </summary>
    LiveIfFirst = 2,

    /// <summary>A value raised (GT): among concurrent dots that all say so, the greatest payload is visible, compared
    /// as bytes.</summary>
    LiveGreatest = 3,

    /// <summary>A value lowered (LT): among concurrent dots that all say so, the least payload is visible, compared
    /// as bytes.</summary>
    LiveLeast = 4,

    /// <summary>A sketch to which was added (PFADD): among concurrent dots that all say so, the union of the payloads is
    /// visible; see <see cref="HyperLogLogUnion"/>.</summary>
    LiveUnion = 5,

    /// <summary>Removed for good (XACK): values written without knowledge of the removal are hidden with it, until a
    /// later write replaces it, or until it has reached every node and goes with all it hides.</summary>
    Final = 6,
}
