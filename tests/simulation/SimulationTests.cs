using System.Globalization;

namespace Marekvs.Simulation.Tests;

/// <summary>Many seeds of whole clusters. A failing one is printed and runs alone with <c>./dev.sh sim SEED</c>.
/// </summary>
[TestClass]
public sealed class SimulationTests
{
    private const string SeedVariable = "MAREKVS_SIM_SEED";
    private const string SeedsVariable = "MAREKVS_SIM_SEEDS";
    private const string SeedsAtLeast = "2000";
    private const int FailuresMax = 5;
    private const int StreamSeeds = 50;

    [TestMethod]
    public void Cluster_ManySeeds_BecomesTheSameAndLosesNothing() => RunMany(
        int.Parse(Environment.GetEnvironmentVariable(SeedsVariable) ?? SeedsAtLeast, CultureInfo.InvariantCulture),
        SimulationOptions.From);

    [TestMethod]
    public void Streams_WhereNothingIsCompared_BringEverything() => RunMany(StreamSeeds, SimulationOptions.StreamsAlone);

    [TestMethod]
    public void Cluster_TheSameSeedTwice_TheSameHistory()
    {
        using var first = new Simulation(7, SimulationOptions.From(7));
        using var second = new Simulation(7, SimulationOptions.From(7));
        first.Run();
        second.Run();
        CollectionAssert.AreEqual(first.History.ToArray(), second.History.ToArray());
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
        string? fault = Seeds.Run(simulation);
        foreach (string line in simulation.History)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine($"the same after {simulation.SettledAfter} ms, {simulation.Messages} messages");
        Assert.IsNull(fault, fault);
    }

    private static void RunMany(int count, Func<int, SimulationOptions> optionsOf)
    {
        var failures = new List<string>();
        var settled = new List<long>();
        var gate = new Lock();
        Seeds.ForEach(count, seed =>
        {
            using var simulation = new Simulation(seed, optionsOf(seed));
            string? fault = Seeds.Run(simulation);
            lock (gate)
            {
                settled.Add(simulation.SettledAfter);
                if (fault is not null)
                {
                    failures.Add($"./dev.sh sim {seed}: {fault}");
                }

                return failures.Count < FailuresMax;
            }
        });
        settled.Sort();
        Console.WriteLine(
            $"{settled.Count} seeds; the same after {settled[settled.Count / 2]} ms (median), {settled[^1]} ms (worst)");
        Assert.IsEmpty(failures, string.Join('\n', failures));
    }
}
