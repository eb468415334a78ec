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

        try
        {
            int next = 2;
            while (key.Exists && next < call.Args.Count && !key.Sketch.IsRaisedBy(call.Args[next]))
            {
                next++;
            }

            if (key.Exists && next == call.Args.Count)
            {
                return Reply.Integer(0);
            }

            HyperLogLog sketch = key.Copy();
            for (; next < call.Args.Count; next++)
            {
                sketch.Add(call.Args[next]);
            }

            key.WriteAdded(call, sketch);
            return Reply.Integer(1);
        }
        catch (RecordFormatException)
        {
            return Reply.Error(SketchKey.CorruptError);
        }
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

        if (!key.Exists)
        {
            return Reply.Integer(0);
        }

        if (key.Sketch.KeptCount is long kept)
        {
            return Reply.Integer(kept);
        }

        try
        {
            long count = key.Sketch.Count();
            key.Keep(count);
            return Reply.Integer(count);
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

        HyperLogLog sketch = destination.Copy();
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
                if (key.Exists)
                {
                    isDense |= key.Sketch.IsDense;
                    key.Sketch.RaiseTo(registers);
                }
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
