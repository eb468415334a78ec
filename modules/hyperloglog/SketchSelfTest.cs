using System.Buffers.Binary;
using System.Globalization;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Modules.HyperLogLogs;

/// <summary>PFSELFTEST: registers keep what they are given, both forms say the same, and estimates are as near as they
/// must be.</summary>
internal static class SketchSelfTest
{
    private const int RegisterRounds = 20;
    private const int Elements = 200_000;

    /// <summary>Standard deviations of an estimate that are still believed.</summary>
    private const double Deviations = 6;

    internal static Reply Answer(in CommandCall call) =>
        TestRegisters(call.Keyspace.Random) is string broken ? Reply.Error($"ERR TESTFAILED {broken}")
        : TestEstimates() is string wrong ? Reply.Error($"ERR TESTFAILED {wrong}")
        : Reply.Ok;

    private static string? TestRegisters(Random random)
    {
        for (int round = 0; round < RegisterRounds; round++)
        {
            HyperLogLog sketch = HyperLogLog.Create();
            byte[] expected = new byte[HyperLogLog.Registers];
            for (int i = 0; i < expected.Length; i++)
            {
                int register = random.Next(expected.Length);
                byte value = (byte)random.Next(1, 52);
                if (sketch.Raise(register, value) != value > expected[register])
                {
                    return $"register {register} does not say whether {value} is more than it has";
                }

                expected[register] = Math.Max(expected[register], value);
            }

            byte[] actual = new byte[HyperLogLog.Registers];
            sketch.View.RaiseTo(actual);
            if (!actual.AsSpan().SequenceEqual(expected))
            {
                return "registers do not hold what they were given";
            }
        }

        return null;
    }

    private static string? TestEstimates()
    {
        HyperLogLog sketch = HyperLogLog.Create();
        HyperLogLog dense = HyperLogLog.Create();
        dense.MakeDense();
        Span<byte> element = stackalloc byte[sizeof(long)];
        for (int i = 1, checkAt = 1; i <= Elements; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(element, i);
            if (sketch.Add(element) != dense.Add(element))
            {
                return "the sparse and the dense form differ";
            }

            if (i == checkAt)
            {
                checkAt *= 10;
                double error = 1.04 / Math.Sqrt(HyperLogLog.Registers);
                if (Math.Abs(sketch.View.Count() - i) > Math.Ceiling(Deviations * error * i) || sketch.View.Count() != dense.View.Count())
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{i} elements are counted {sketch.View.Count()}");
                }
            }
        }

        return null;
    }
}
