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

    private const long NeverMilliseconds = 1L << 40;

    public int Nodes { get; init; } = 3;

    /// <summary>How long commands and faults go on, in virtual milliseconds.</summary>
    public long ChaosMilliseconds { get; init; } = 6000;

    /// <summary>Within this time after everything works again all must be the same.</summary>
    public long SettleMilliseconds { get; init; } = 3000;

    public int SegmentBytes { get; init; } = 64 * 1024;

    public long RetainBytes { get; init; } = 1L << 30;

    public ReplicationOptions Replication { get; init; } = new();

    /// <summary>Records whose digests are checked in a second; enough for some rounds in most runs.</summary>
    public int ScrubRecords { get; init; } = 500;

    /// <summary>How far a clock is wrong at most, in milliseconds.</summary>
    public int ClockSpread { get; init; } = 1500;

    public OwnershipOptions Ownership { get; init; } = new();

    /// <summary>Planted in the engine.</summary>
    public ReplicationFault Faults { get; init; }

    /// <summary>Planted in anti-entropy.</summary>
    public ExchangeFault ExchangeFault { get; init; }

    /// <summary>Faults of the network and of disks happen at all.</summary>
    public bool HasChaos { get; init; } = true;

    /// <summary>Disks are lost and nodes come and go, so that streams alone cannot bring everything.</summary>
    public bool LosesDisks { get; init; } = true;

    /// <summary>How long a message is under way at most; 0 when the seed says so.</summary>
    public int DelayMax { get; init; }

    /// <summary>Few keys, which are often deleted.</summary>
    public bool IsNarrow { get; init; }

    /// <summary>
    /// Nothing is compared, and nothing needs to be: journals are kept, and no disk is lost. Messages overtake each other
    /// on their way over different links. What comparing would repair, and hide, shows.
    /// </summary>
    public static SimulationOptions StreamsAlone(int seed)
    {
        SimulationOptions options = From(seed);
        return options with
        {
            Nodes = 3,
            ChaosMilliseconds = 2500,
            SegmentBytes = 64 * 1024,
            RetainBytes = 1L << 30,
            LosesDisks = false,
            DelayMax = 400,
            IsNarrow = true,
            Replication = options.Replication with { CompareMilliseconds = NeverMilliseconds, BatchBytes = 300 },
        };
    }

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
