namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>How what was written on one side of a cut comes to the other once the cut is healed.</summary>
public enum Delivery
{
    /// <summary>The writer's journal goes on where it stopped.</summary>
    Stream,

    /// <summary>The journal is gone by then: comparison of what is there must do.</summary>
    Exchange,

    /// <summary>Messages come late and twice, connections break.</summary>
    Unreliable,
}
