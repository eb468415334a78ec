using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Modules.HyperLogLogs;

/// <summary>PFADD, PFCOUNT and PFMERGE.</summary>
internal static class SketchCommands
{
    internal static Reply Add(in CommandCall call)
    {
        if (!SketchKey.TryOpen(call, call.Args[1], out SketchKey key, out Reply error))
        {
            return error;
        }

        HyperLogLog sketch = key.Sketch ?? HyperLogLog.Create();
        bool hasChanged = key.Sketch is null;
        try
        {
            for (int i = 2; i < call.Args.Count; i++)
            {
                hasChanged |= sketch.Add(call.Args[i]);
            }
        }
        catch (RecordFormatException)
        {
            return Reply.Error(SketchKey.CorruptError);
        }

        if (hasChanged)
        {
            key.WriteAdded(call, sketch);
        }

        return Reply.Boolean(hasChanged);
    }

    internal static Reply Count(in CommandCall call)
    {
        if (call.Args.Count > 2)
        {
            return TryUnite(call, out byte[] registers, out _, out Reply mistake)
                ? Reply.Integer(HyperLogLogEstimate.Of(registers))
                : mistake;
        }

        if (!SketchKey.TryOpen(call, call.Args[1], out SketchKey key, out Reply error))
        {
            return error;
        }

        try
        {
            return Reply.Integer(key.Sketch is null ? 0 : key.Sketch.KeptCount ?? key.Sketch.Count());
        }
        catch (RecordFormatException)
        {
            return Reply.Error(SketchKey.CorruptError);
        }
    }

    internal static Reply Merge(in CommandCall call)
    {
        if (!TryUnite(call, out byte[] registers, out bool isDense, out Reply error) ||
            !SketchKey.TryOpen(call, call.Args[1], out SketchKey destination, out error))
        {
            return error;
        }

        HyperLogLog sketch = destination.Sketch ?? HyperLogLog.Create();
        HyperLogLogUnion.Raise(sketch, registers, isDense);
        destination.WriteAdded(call, sketch);
        return Reply.Ok;
    }

    /// <summary>Takes the largest of each register over all keys of a command.</summary>
    private static bool TryUnite(
        scoped in CommandCall call, out byte[] registers, out bool isDense, out Reply error)
    {
        registers = new byte[HyperLogLog.Registers];
        isDense = false;
        error = default;
        for (int i = 1; i < call.Args.Count; i++)
        {
            if (!SketchKey.TryOpen(call, call.Args[i], out SketchKey key, out error))
            {
                return false;
            }

            try
            {
                isDense |= key.Sketch is { IsDense: true };
                key.Sketch?.RaiseTo(registers);
            }
            catch (RecordFormatException)
            {
                error = Reply.Error(SketchKey.CorruptError);
                return false;
            }
        }

        return true;
    }
}
