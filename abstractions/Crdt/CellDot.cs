namespace Marekvs.Abstractions.Crdt;

/// <summary>One origin's newest dot on an element.</summary>
/// <param name="Origin">The writer.</param>
/// <param name="Stamp">Its stamp.</param>
/// <param name="State">Live, with or without a mark, or a removal.</param>
/// <param name="Payload">The value of a live dot; else empty.</param>
public readonly record struct CellDot(Origin Origin, Stamp Stamp, DotState State, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Whether the dot is a value.</summary>
    public bool IsLive => State is not (DotState.Dead or DotState.Final);

    /// <summary>The identity of the write.</summary>
    public Dot Dot => new(Stamp, Origin);
}
