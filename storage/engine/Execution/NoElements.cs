using Marekvs.Abstractions;
using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>A walk over nothing.</summary>
internal sealed class NoElements : ElementCursor
{
    private const string NoElement = "a cursor has an element only after MoveNext answered true";

    public static NoElements Cursor { get; } = new();

    public override ReadOnlySpan<byte> Element => throw new InvariantException(NoElement);

    public override ElementValue Value => throw new InvariantException(NoElement);

    public override ulong Position => throw new InvariantException(NoElement);

    public override bool MoveNext() => false;
}
