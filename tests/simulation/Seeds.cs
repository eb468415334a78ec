namespace Marekvs.Simulation.Tests;

/// <summary>Runs seed after seed, on all processors.</summary>
internal static class Seeds
{
    /// <summary>Runs something for the seeds from 1 on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="run">Answers whether to go on.</param>
    public static void ForEach(int count, Func<int, bool> run)
    {
        int next = 0;
        void work()
        {
            for (int seed = Interlocked.Increment(ref next); seed <= count; seed = Interlocked.Increment(ref next))
            {
                if (!run(seed))
                {
                    Volatile.Write(ref next, count);
                }
            }
        }

        // Threads of their own: a simulation waits for its nodes, and must not keep them from running meanwhile.
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(work))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    /// <summary>Runs a simulation; what it throws is a fault as well.</summary>
    public static string? Run(Simulation simulation)
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
}
