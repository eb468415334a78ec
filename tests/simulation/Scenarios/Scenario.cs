namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>
/// A story of three nodes: something all know, then each on its own writes, then they meet. Answers in <c>After</c> are
/// those of every node: texts with spaces between, <c>|</c> between those that may be, <c>*</c> when only that all say
/// the same matters.
/// </summary>
/// <param name="Name">What it is about.</param>
internal sealed record Scenario(string Name)
{
    /// <summary>Commands at A that all nodes know of before the cut.</summary>
    public string[] Before { get; init; } = [];

    public string[] A { get; init; } = [];

    public string[] B { get; init; } = [];

    public string[] C { get; init; } = [];

    /// <summary>Commands at A once all are the same again; then they become the same once more.</summary>
    public string[] Then { get; init; } = [];

    public (string Command, string Answers)[] After { get; init; } = [];

    public void Play(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, Before);
        cluster.Agree();
        cluster.Part();
        cluster.Run(cluster.A, A);
        cluster.Run(cluster.B, B);
        cluster.Run(cluster.C, C);
        cluster.Meet();
        cluster.Agree();
        if (Then.Length > 0)
        {
            cluster.Run(cluster.A, Then);
            cluster.Agree();
        }

        foreach ((string command, string answers) in After)
        {
            cluster.Expect(command, answers);
        }

        cluster.Check();
    }
}
