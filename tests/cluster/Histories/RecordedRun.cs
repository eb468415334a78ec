using System.Globalization;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Histories;

/// <summary>
/// Clients on every node while a test does harm. In the end all running nodes must agree, on something that does not
/// contradict what any client was told.
/// </summary>
internal sealed class RecordedRun : IDisposable
{
    private static readonly TimeSpan ConvergesWithin = TimeSpan.FromSeconds(20);

    private readonly List<RecordingClient> _clients = [];

    /// <summary>The longest time a client found no node that served.</summary>
    public TimeSpan LongestOutage => _clients.Max(client => client.LongestOutage);

    /// <summary>Everything recorded, when all have stopped.</summary>
    public IReadOnlyList<Operation> History => [.. _clients.SelectMany(client => client.History)];

    /// <summary>Starts a client on each node, which stays with it.</summary>
    public void StartOnEach(IEnumerable<NodeProcess> nodes)
    {
        foreach (NodeProcess node in nodes)
        {
            Start([node]);
        }
    }

    /// <summary>Starts clients, one on each node, that go on to the next when theirs does not serve.</summary>
    public void StartRoaming(IReadOnlyList<NodeProcess> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            Start([.. nodes.Skip(i), .. nodes.Take(i)]);
        }
    }

    /// <summary>Stops the clients.</summary>
    public Task StopAsync() => Task.WhenAll(_clients.Select(client => client.StopAsync()));

    /// <summary>Waits until all agree and compares that with the history.</summary>
    /// <param name="nodes">All there are.</param>
    /// <param name="healed">When the last obstacle went.</param>
    public async Task CheckAsync(IEnumerable<NodeProcess> nodes, long healed)
    {
        NodeProcess[] running = [.. nodes];
        ObservedState agreed = await AgreeAsync(running);
        TimeSpan took = TimeProvider.System.GetElapsedTime(healed);
        IReadOnlyList<Operation> history = History;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"converged {took.TotalMilliseconds:F0} ms after the heal; {history.Count} calls, " +
            $"{history.Count(o => o.Outcome == Outcome.Failed)} refused, " +
            $"{history.Count(o => o.Outcome == Outcome.Indeterminate)} without an answer"));
        IReadOnlyList<string> contradictions = HistoryCheck.Contradictions(history, agreed);
        Assert.IsEmpty(contradictions, HistoryCheck.Describe(contradictions));
        Assert.IsTrue(_clients.TrueForAll(c => c.History.Any(o => o.Outcome == Outcome.Acknowledged)), "a client did nothing");
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private void Start(IReadOnlyList<NodeProcess> nodes)
    {
        var client = new RecordingClient(nodes, _clients.Count);
        _clients.Add(client);
        client.Start();
    }

    private static async Task<ObservedState> AgreeAsync(NodeProcess[] nodes)
    {
        using var patience = new CancellationTokenSource(ConvergesWithin);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            ObservedState?[] states = [.. nodes.Select(SharedPlaces.Observe)];
            if (states[0] is { } first && states.All(state => state?.Matches(first) == true))
            {
                return first;
            }

            try
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no agreement within {ConvergesWithin}: " + string.Join(", ", states.Select((state, i) =>
                    state is null ? $"node {i + 1} does not say"
                    : $"node {i + 1} differs in {(states[0] is { } other ? state.DifferenceTo(other) : null) ?? "nothing"}")));
            }
        }
    }
}
