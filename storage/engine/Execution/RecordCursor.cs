using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>Walks elements of one kind: a module sees those that readers see, the engine may look at all.</summary>
/// <param name="call">The call whose clock decides what is seen.</param>
/// <param name="kind">The elements' kind, or null for derived records of the engine's own.</param>
internal abstract class RecordCursor(EngineCall call, RecordKind? kind) : ElementCursor
{
    public override ReadOnlySpan<byte> Element => ElementSuffix.NameIn(kind, Suffix);

    public override ulong Position => ElementSuffix.HashIn(Suffix);

    public override ElementValue Value => EngineCall.View(State);

    /// <summary>Tag and name of the current element.</summary>
    public abstract byte[] Suffix { get; }

    /// <summary>The current record.</summary>
    public abstract ref readonly RecordState State { get; }

    /// <summary>Gets over a removal of the current record.</summary>
    /// <param name="removed">Its suffix.</param>
    public abstract void Resume(byte[] removed);

    /// <summary>Goes to the next record, whether or not readers see it.</summary>
    public abstract bool Step();

    public override bool MoveNext()
    {
        while (Step())
        {
            if (call.IsSeen(State))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes to the next record that counts: visible, within its own deadline or not.</summary>
    public bool StepCounted()
    {
        while (Step())
        {
            if (State.IsVisible)
            {
                return true;
            }
        }

        return false;
    }
}
