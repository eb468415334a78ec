using System.Globalization;

namespace Marekvs.Simulation.Tests;

/// <summary>Many seeds of whole clusters. A failing one is printed and runs alone with <c>./dev.sh sim SEED</c>.
/// </summary>
[TestClass]
public sealed class SimulationTests
{
    private const string SeedVariable = "MAREKVS_SIM_SEED";
    private const string SeedsVariable = "MAREKVS_SIM_SEEDS";

    [TestMethod]
    public void Cluster_ManySeeds_BecomesTheSameAndLosesNothing()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable(SeedsVariable) ?? "300", CultureInfo.InvariantCulture);
        var failures = new List<string>();
        var settled = new List<long>();
        var gate = new Lock();
        int next = 0;
        void work()
        {
            for (int seed = Interlocked.Increment(ref next); seed <= count; seed = Interlocked.Increment(ref next))
            {
                using var simulation = new Simulation(seed, SimulationOptions.From(seed));
                string? fault = RunSafely(simulation);
                lock (gate)
                {
                    settled.Add(simulation.SettledAfter);
                    if (fault is not null)
                    {
                        failures.Add($"./dev.sh sim {seed}: {fault}");
                    }
                }
            }
        }

        // Threads of their own: a simulation waits for its nodes, and must not keep them from running meanwhile.
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(work))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        settled.Sort();
        Console.WriteLine(
            $"{settled.Count} seeds; the same after {settled[settled.Count / 2]} ms (median), {settled[^1]} ms (worst)");
        Assert.IsEmpty(failures, string.Join('\n', failures));
    }

    private static string? RunSafely(Simulation simulation)
    {
        try
        {
            return simulation.Run();
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    [TestMethod]
    public void Cluster_OneSeed_WithATrace()
    {
        string? text = Environment.GetEnvironmentVariable(SeedVariable);
        if (text is null)
        {
            Assert.Inconclusive($"{SeedVariable} names no seed");
        }

        int seed = int.Parse(text, CultureInfo.InvariantCulture);
        using var simulation = new Simulation(seed, SimulationOptions.From(seed));
        string? fault = RunSafely(simulation);
        foreach (string line in simulation.History)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"the same after {simulation.SettledAfter} ms, {simulation.Messages} messages");
        Assert.IsNull(fault, fault);
    }
}
