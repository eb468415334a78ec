using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Leases of a node that holds nothing, on keys of one that holds everything. What is asked for is brought when
/// the test says so.</summary>
internal sealed class FakeLeases : IKeyLeases
{
    private readonly KeyspaceRunner _copier;
    private readonly KeyspaceRunner _owner;
    private readonly HashSet<string> _leased = [];
    private readonly Queue<(IReadOnlyList<KeyName> Keys, Action Done)> _asked = new();
    private long _changesAt;

    public FakeLeases(KeyspaceRunner copier, KeyspaceRunner owner, bool isHolding = false)
    {
        (_copier, _owner) = (copier, owner);
        _changesAt = Owner.Copies.End;
        copier.Keyspace.Leases = this;
        if (isHolding)
        {
            return;
        }

        Assert.IsTrue(Copier.Holdings.Detach([.. PartitionSet.All.Members]));
        Assert.IsTrue(Copier.Holdings.Drop([.. PartitionSet.All.Members], Stamp.Zero));
        while (PartitionSet.All.Members.Any(Copier.Holdings.IsDropping))
        {
            copier.Keyspace.TickAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>How often keys were asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>The keys that were asked for last.</summary>
    public IReadOnlyList<string> LastAsked { get; private set; } = [];

    /// <summary>What the owner has of the copier's writes.</summary>
    public Stamp Seen { get; set; }

    private IReplica Owner => _owner.Keyspace;

    private IReplica Copier => _copier.Keyspace;

    public bool IsLeased(ushort partition, ReadOnlySpan<byte> name) => _leased.Contains(Convert.ToHexString(name));

    public void Bring(IReadOnlyList<KeyName> keys, Action done) => _asked.Enqueue((keys, done));

    public Stamp SeenThrough(ushort partition) => Seen;

    /// <summary>Runs a command at the copier, and brings what it asks for.</summary>
    public string Run(string line)
    {
        Task<string> reply = _copier.Connection.Start(line);
        Serve();
        return reply.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
    }

    /// <summary>Brings all that was asked for.</summary>
    public void Serve()
    {
        while (_asked.TryDequeue(out (IReadOnlyList<KeyName> Keys, Action Done) asked))
        {
            Asked++;
            LastAsked = [.. asked.Keys.Select(key => System.Text.Encoding.Latin1.GetString(key.Name))];
            foreach (KeyName key in asked.Keys)
            {
                Copy(key);
                _leased.Add(Convert.ToHexString(key.Name));
            }

            asked.Done();
        }
    }

    /// <summary>Joins all the owner has of a key.</summary>
    public void Copy(KeyName key)
    {
        VersionVector applied = Owner.Partitions.AppliedIn(key.Partition);
        for (byte[]? from = []; from is not null;)
        {
            var chunk = new RecordWriter();
            from = Owner.Partitions.ReadChunk(key.Partition, key.Name, from, 100, chunk);
            Assert.AreEqual(ApplyOutcome.Applied, Copier.Partitions.Join(key.Partition, chunk.Written, applied));
        }
    }

    /// <summary>Tells the copier of what changed at the owner since the last time.</summary>
    public void Forward()
    {
        var changed = new List<(KeyName Key, byte[] Record)>();
        _changesAt = Owner.Copies.ReadChanges(_changesAt, long.MaxValue, (origin, key, record) =>
        {
            if (origin.Node != Copier.Origin.Node)
            {
                changed.Add((new KeyName(key.Partition, key.Name.ToArray()), record.ToArray()));
            }
        });
        foreach ((KeyName key, byte[] record) in changed)
        {
            if (record.Length == 0)
            {
                Copy(key);
                continue;
            }

            VersionVector applied = Owner.Partitions.AppliedIn(key.Partition);
            var chunk = new RecordWriter();
            Owner.Copies.ReadRecord(key.Partition, key.Name, record, chunk);
            Assert.AreEqual(ApplyOutcome.Applied, Copier.Partitions.Join(key.Partition, chunk.Written, applied));
        }
    }

    /// <summary>The owner takes in all the copier wrote.</summary>
    public void Ship()
    {
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(_owner, _copier));
        Seen = Owner.Applied[Copier.Origin];
    }

    /// <summary>Ends all leases.</summary>
    public void Lapse() => _leased.Clear();
}
