using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>What a simulated cluster is like; drawn from the seed unless a test says otherwise.</summary>
internal sealed record SimulationOptions
{
    /// <summary>Most runs are short, so that there are many; what takes long to go wrong shows in some that are not.
    /// </summary>
    private const int LongEvery = 25;

    public int Nodes { get; init; } = 3;

    /// <summary>How long commands and faults go on, in virtual milliseconds.</summary>
    public long ChaosMilliseconds { get; init; } = 6000;

    /// <summary>Within this time after everything works again all must be the same.</summary>
    public long SettleMilliseconds { get; init; } = 3000;

    public int SegmentBytes { get; init; } = 64 * 1024;

    public long RetainBytes { get; init; } = 1L << 30;

    public ReplicationOptions Replication { get; init; } = new();

    /// <summary>How far a clock is wrong at most, in milliseconds.</summary>
    public int ClockSpread { get; init; } = 1500;

    public OwnershipOptions Ownership { get; init; } = new();

    /// <summary>Planted in the engine.</summary>
    public ReplicationFault Faults { get; init; }

    /// <summary>Planted in anti-entropy.</summary>
    public ExchangeFault ExchangeFault { get; init; }

    /// <summary>Faults of the network and of disks happen at all.</summary>
    public bool HasChaos { get; init; } = true;

    public static SimulationOptions From(int seed)
    {
        var random = new Random(seed);
        bool isTiny = random.Next(3) == 0;
        return new SimulationOptions
        {
            Nodes = random.Next(6) switch { 0 => 4, 1 => 5, _ => 3 },
            SegmentBytes = isTiny ? 4 * 1024 : 64 * 1024,
            RetainBytes = isTiny ? 0 : 1L << 30,
            ChaosMilliseconds = seed % LongEvery == 0 ? random.Next(4000, 12_000) : random.Next(400, 2000),
            Replication = new ReplicationOptions
            {
                BatchBytes = random.Next(2) == 0 ? 300 : 256 * 1024,
                WindowBytes = random.Next(3) == 0 ? 2000 : 4 * 1024 * 1024,
                ChunkBytes = random.Next(2) == 0 ? 100 : 128 * 1024,
                EvictMilliseconds = random.Next(4) == 0 ? 1500 : 600_000,
            },
        };
    }
}
