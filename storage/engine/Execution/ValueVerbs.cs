using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>What a call does to a key's single record.</summary>
internal sealed class ValueVerbs(CallDeltas deltas, CallEffects effects)
{
    /// <returns>True when nothing was visible before.</returns>
    public bool Put(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> payload, in PutOptions options)
    {
        ref RecordState old = ref entry.Value;
        bool added = !old.IsVisible;
        deltas.RenewStamp(old);
        long deadline = options.KeepDeadline ? old.Deadline : options.Deadline;
        if (kind.Merge is null && deltas.IsPlain(old, options))
        {
            deltas.PutPlain(entry, kind, default, payload, deadline);
            effects.SetValue(entry, kind.Tag, deltas.Dot, payload, deadline);
        }
        else
        {
            RecordState state = deltas.Put(entry, kind, default, old, payload, options.State, deadline);
            effects.SetValue(entry, kind.Tag, state);
        }

        return added;
    }

    public void Increment(KeyEntry entry, RecordKind kind, CounterSum amount)
    {
        ref RecordState old = ref entry.Value;
        deltas.RenewStamp(old);
        if (old.Cell?.FindSlot(deltas.Dot.Origin) is { IsPresent: true } current)
        {
            // A counter beside other things, in which this node already counts: in place, without an object.
            effects.SetSlot(entry, kind.Tag, current, deltas.Increment(entry, kind, current, amount));
            return;
        }

        effects.SetValue(entry, kind.Tag, deltas.Increment(entry, kind, default, old, amount));
    }

    /// <returns>True when something was visible.</returns>
    public bool Remove(KeyEntry entry, RecordKind kind)
    {
        if (!entry.Value.IsVisible)
        {
            return false;
        }

        effects.SetValue(entry, kind.Tag, deltas.Remove(entry, kind, default, entry.Value));
        return true;
    }

    public void Expire(KeyEntry entry, RecordKind kind, long deadline) =>
        effects.SetValue(entry, kind.Tag, deltas.Expire(entry, kind.Tag, default, entry.Value, deadline));
}
