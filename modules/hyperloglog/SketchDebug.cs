using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Modules.HyperLogLogs;

/// <summary>PFDEBUG.</summary>
internal static class SketchDebug
{
    internal static Reply Answer(in CommandCall call)
    {
        if (!SketchKey.TryOpen(call, call.Args[2], out SketchKey key, out Reply error))
        {
            return error;
        }

        if (!key.Exists)
        {
            return Reply.Error("ERR The specified key does not exist"u8);
        }

        try
        {
            return Answer(call, key, key.Copy());
        }
        catch (RecordFormatException)
        {
            return Reply.Error(SketchKey.CorruptError);
        }
    }

    private static Reply Answer(in CommandCall call, SketchKey key, HyperLogLog sketch)
    {
        string subcommand = Encoding.UTF8.GetString(call.Args[1]);
        switch (subcommand.ToUpperInvariant())
        {
            case "GETREG":
                MakeDense(key, sketch);
                WriteRegisters(call, sketch);
                return Reply.Written;
            case "DECODE":
                return sketch.IsDense
                    ? Reply.Error("ERR HLL encoding is not sparse"u8)
                    : Reply.Bulk(Encoding.ASCII.GetBytes(sketch.View.DescribeRuns()));
            case "ENCODING":
                return Reply.Simple(sketch.IsDense ? "dense"u8 : "sparse"u8);
            case "TODENSE":
                return Reply.Boolean(MakeDense(key, sketch));
            default:
                return Reply.Error($"ERR Unknown PFDEBUG subcommand '{subcommand}'");
        }
    }

    private static bool MakeDense(SketchKey key, HyperLogLog sketch)
    {
        bool hasChanged = sketch.MakeDense();
        if (hasChanged)
        {
            key.Write(sketch);
        }

        return hasChanged;
    }

    private static void WriteRegisters(in CommandCall call, HyperLogLog sketch)
    {
        byte[] registers = new byte[HyperLogLog.Registers];
        sketch.View.RaiseTo(registers);
        call.Writer.Array(registers.Length);
        foreach (byte register in registers)
        {
            call.Writer.Integer(register);
        }
    }
}
