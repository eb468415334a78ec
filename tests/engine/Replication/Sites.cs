using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Streams;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Whole keyspaces of different nodes that meet without a network.</summary>
internal sealed class Sites : IAsyncDisposable
{
    public Sites(int count, RunnerSettings? settings = null)
    {
        settings ??= new RunnerSettings();
        All =
        [
            .. Enumerable.Range(1, count).Select(node => new KeyspaceRunner(
                settings with { Node = (ushort)node }, new SortedStore(),
                new StringsModule(), new KeysModule(), new BagModule(), new StreamsModule(), new FlushModule())),
        ];
        foreach (KeyspaceRunner site in All)
        {
            // What is stable is what all say; a test that waits for that says so itself.
            site.Keyspace.StableThrough = static (_, _) => Stamp.Zero;
            site.Keyspace.IsAlone = false;
        }
    }

    public KeyspaceRunner[] All { get; }

    public KeyspaceRunner A => All[0];

    public KeyspaceRunner B => All[1];

    public KeyspaceRunner C => All[2];

    /// <summary>The face a keyspace shows the cluster.</summary>
    public static IReplica Of(KeyspaceRunner site) => site.Keyspace;

    /// <summary>Reads on in another's journal, to its end.</summary>
    public static ApplyOutcome Pull(KeyspaceRunner to, KeyspaceRunner from, int bytesMax = 1 << 20)
    {
        IReplica target = Of(to);
        IReplica source = Of(from);
        JournalCursor cursor = target.Streams.CursorOf(source.Origin.Node);
        long position = source.Journal.Resume(cursor);
        Stamp floor = Stamp.Zero;
        if (position < 0)
        {
            (position, floor) = source.Journal.Jump();
        }

        if (floor > Stamp.Zero || cursor != source.Journal.End with { Position = position })
        {
            target.Streams.Begin(source.Origin, source.Journal.End with { Position = position }, floor, StreamFilter.None);
        }

        var entries = new RecordWriter();
        while (true)
        {
            entries.Clear();
            JournalRange range = source.Journal.Read(position, bytesMax, PartitionSet.All, entries);
            ApplyOutcome outcome = target.Streams.Apply(source.Origin, range, entries.Written);
            if (outcome != ApplyOutcome.Applied || range.To == position)
            {
                return outcome;
            }

            position = range.To;
        }
    }

    /// <summary>Compares all partitions with another's and joins what differs.</summary>
    public static void Exchange(KeyspaceRunner to, KeyspaceRunner from)
    {
        IReplica target = Of(to);
        IReplica source = Of(from);
        var theirs = new ulong[Limits.DigestBuckets];
        var mine = new ulong[Limits.DigestBuckets];
        byte[] all = [.. Enumerable.Repeat(byte.MaxValue, 32)];
        foreach (byte[] flush in source.Partitions.ReadFlushes())
        {
            Assert.AreEqual(ApplyOutcome.Applied, target.Partitions.JoinFlush(flush));
        }

        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            PartitionContext context = source.Partitions.Read(partition, theirs);
            target.ReadDigest(partition, mine);
            if (!mine.AsSpan().SequenceEqual(theirs))
            {
                JoinAll(target, source, partition, all, context.Applied);
            }

            if (target.Partitions.IsBehind(partition, context.Applied))
            {
                foreach (byte[] removal in context.Removals)
                {
                    Assert.AreEqual(ApplyOutcome.Applied, target.Partitions.Join(partition, removal, context.Applied));
                }

                Assert.IsTrue(target.Partitions.Adopt([partition], context.Applied));
            }
        }

        to.Keyspace.TickAsync().GetAwaiter().GetResult();
    }

    /// <summary>Brings all together by their journals.</summary>
    public void PullAll()
    {
        foreach (KeyspaceRunner to in All)
        {
            foreach (KeyspaceRunner from in All.Where(from => from != to))
            {
                Assert.AreEqual(ApplyOutcome.Applied, Pull(to, from));
            }
        }
    }

    public void ExchangeAll()
    {
        foreach (KeyspaceRunner to in All)
        {
            foreach (KeyspaceRunner from in All.Where(from => from != to))
            {
                Exchange(to, from);
            }
        }
    }

    /// <summary>All answer a command alike.</summary>
    public void AssertAll(string expected, string line)
    {
        foreach (KeyspaceRunner site in All)
        {
            Assert.AreEqual(expected, site.Run(line), $"{line} at node {site.Keyspace.Origin}");
        }
    }

    /// <summary>All have the same digests, and counts that equal a scan.</summary>
    public void AssertSame()
    {
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            foreach (KeyspaceRunner site in All)
            {
                Assert.AreEqual(
                    Of(A).Partitions.RootOf(partition),
                    Of(site).Partitions.RootOf(partition),
                    $"partition {partition} of node {site.Keyspace.Origin}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (KeyspaceRunner site in All)
        {
            await site.DisposeAsync();
        }
    }

    private static void JoinAll(
        IReplica target, IReplica source, ushort partition, byte[] buckets, VersionVector theirs)
    {
        IEnumerable<byte[]> names = source.Partitions.ListKeys(partition, buckets)
            .Concat(target.Partitions.ListKeys(partition, buckets))
            .Select(key => key.Name);
        foreach (byte[] name in names.DistinctBy(Convert.ToHexString))
        {
            byte[]? from = [];
            while (from is not null)
            {
                var chunk = new RecordWriter();
                from = source.Partitions.ReadChunk(partition, name, from, 100, chunk);
                Assert.AreEqual(ApplyOutcome.Applied, target.Partitions.Join(partition, chunk.Written, theirs));
            }
        }
    }
}
