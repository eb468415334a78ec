using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Benchmarks.Cluster;

/// <summary>How long it takes from a write's acknowledgement on one node until another node shows it.</summary>
internal static class Propagation
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    /// <returns>Milliseconds, sorted.</returns>
    public static double[] Measure(NodeProcess from, NodeProcess to, TimeSpan during)
    {
        using RespClient writer = from.Connect();
        using RespClient reader = to.Connect();
        using var pause = new ManualResetEventSlim();
        var took = new List<double>();
        long began = TimeProvider.System.GetTimestamp();
        for (int i = 0; TimeProvider.System.GetElapsedTime(began) < during; i++)
        {
            string value = i.ToString(CultureInfo.InvariantCulture);
            writer.Call("SET", "probe", value);
            long written = TimeProvider.System.GetTimestamp();
            while (reader.Call("GET", "probe").TextOrNull != value)
            {
                // Asks again at once: the answer is the measure.
            }

            took.Add(TimeProvider.System.GetElapsedTime(written).TotalMilliseconds);
            pause.Wait(Between);
        }

        took.Sort();
        return [.. took];
    }
}
