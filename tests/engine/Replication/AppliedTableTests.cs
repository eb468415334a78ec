using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>
/// What a node claims to have applied, against what it has really got: a journal of writes, streams that bring some
/// partitions of it for some time, jump, and begin again, and comparisons that bring a partition. Whatever is done in
/// whatever order, no claim covers a write that is not there.
/// </summary>
[TestClass]
public sealed class AppliedTableTests
{
    private const int Partitions = 5;
    private static readonly Origin Self = new(1, 1);
    private static readonly Origin[] Writers = [new(2, 1), new(3, 1)];

    [TestMethod]
    public void Claims_AnyHistory_CoverOnlyWhatIsThere()
    {
        for (int seed = 1; seed <= 400; seed++)
        {
            var history = new History(new Random(seed));
            for (int step = 0; step < 120; step++)
            {
                history.Step();
                Assert.IsNull(history.FindLie(), $"seed {seed}, step {step}: {history.FindLie()}");
            }
        }
    }

    [TestMethod]
    public void Claims_OnceEverythingIsBrought_AreTheCommonVector()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            var history = new History(new Random(seed));
            for (int step = 0; step < 80; step++)
            {
                history.Step();
            }

            history.Settle();
            Assert.IsNull(history.FindLie());
            Assert.IsTrue(history.Table.Attached.IsAll, $"seed {seed}: all partitions are attached in the end");
            Assert.IsFalse(history.Table.IsUneven, $"seed {seed}: no partition is ahead of others");
        }
    }

    [TestMethod]
    public void Drop_ThenReturn_ClaimsNothingOfBefore()
    {
        var table = new AppliedTable();
        Origin writer = Writers[0];
        table.RaiseStream(writer, new Stamp(10));
        Assert.IsTrue(table.Covers(0, new Dot(new Stamp(10), writer)));
        table.Detach(0, new Dot(new Stamp(5), Self));
        Assert.IsTrue(table.Covers(0, new Dot(new Stamp(10), writer)), "what was left over is still there");
        table.RaiseStream(writer, new Stamp(20));
        Assert.IsFalse(table.Covers(0, new Dot(new Stamp(20), writer)), "no stream brought it");
        Assert.IsTrue(table.Covers(1, new Dot(new Stamp(20), writer)));
        table.Reset(0, new Dot(new Stamp(6), Self));
        Assert.AreEqual(0, table.In(0).Count);
        Assert.IsFalse(table.IsContinuous(0, Self), "what this node wrote there went with the rest");

        table.Begin(writer, new StreamFilter(PartitionSet.All, new Stamp(25)), PartitionSet.None);
        table.RaiseStream(writer, new Stamp(30));
        Assert.IsFalse(table.Covers(0, new Dot(new Stamp(30), writer)), "the hole is open");
        Assert.IsFalse(table.TryAttach(0, Self, [writer.Node]));
        var brought = new VersionVector();
        brought.Raise(writer, new Stamp(26));
        brought.Raise(Self, new Stamp(6));
        table.RaisePartition(0, brought, Self);
        Assert.IsTrue(table.Covers(0, new Dot(new Stamp(30), writer)), "it is closed");
        Assert.IsTrue(table.TryAttach(0, Self, [writer.Node]));
        Assert.IsTrue(table.Attached.IsAll);
    }

    [TestMethod]
    public void Attach_WithAStreamThatMayStillOweSomething_IsRefused()
    {
        var table = new AppliedTable();
        table.Detach(0, new Dot(new Stamp(5), Self));
        Assert.IsTrue(table.TryAttach(0, Self, []));
        table.Detach(0, new Dot(new Stamp(5), Self));
        Assert.IsFalse(table.TryAttach(0, Self, [2]), "nobody knows what its stream left out");
        table.Begin(Writers[0], new StreamFilter(PartitionSet.All, Stamp.Latest), PartitionSet.None);
        Assert.IsFalse(table.TryAttach(0, Self, [2]), "nor does the writer");
        table.Begin(Writers[0], new StreamFilter(PartitionSet.All, Stamp.Zero), PartitionSet.None);
        Assert.IsTrue(table.TryAttach(0, Self, [2]));
    }

    /// <summary>What really happened, beside the table.</summary>
    private sealed class History(Random random)
    {
        private readonly Dictionary<Origin, List<(ushort Partition, Stamp Stamp)>> _journals =
            Writers.ToDictionary(writer => writer, _ => new List<(ushort, Stamp)>());

        private readonly Dictionary<Origin, int> _cursors = Writers.ToDictionary(writer => writer, _ => 0);
        private readonly Dictionary<Origin, PartitionSet> _filters = Writers.ToDictionary(writer => writer, _ => PartitionSet.All);
        private readonly HashSet<(ushort Partition, Dot Dot)> _here = [];
        private ulong _clock = 1;

        public AppliedTable Table { get; private set; } = new();

        public void Step()
        {
            var partition = (ushort)random.Next(Partitions);
            Origin writer = Writers[random.Next(Writers.Length)];
            switch (random.Next(21))
            {
                case < 6:
                    _journals[writer].Add((partition, new Stamp(++_clock)));
                    break;
                case < 12:
                    Stream(writer, random.Next(1, 5));
                    break;
                case 12:
                    Table.Detach(partition, new Dot(new Stamp(++_clock), Self));
                    break;
                case 13 when !Table.IsAttached(partition):
                    Table.Reset(partition, new Dot(new Stamp(++_clock), Self));
                    _here.RemoveWhere(dot => dot.Partition == partition);
                    break;
                case 14:
                    Begin(writer);
                    break;
                case 15:
                    Jump(writer);
                    break;
                case 16:
                    Reopen();
                    break;
                case 17:
                    Table.TryAttach(partition, Self, Writers.Select(w => w.Node));
                    break;
                case 18:
                    Table.Fold();
                    break;
                case 19:
                    CompareAttached();
                    break;
                default:
                    Compare(partition);
                    break;
            }
        }

        /// <summary>Everything is brought, by streams and comparisons.</summary>
        public void Settle()
        {
            foreach (Origin writer in Writers)
            {
                _filters[writer] = PartitionSet.All;
                Table.Begin(writer, new StreamFilter(PartitionSet.All, new Stamp(_clock)), PartitionSet.None);
                Stream(writer, int.MaxValue);
            }

            for (ushort partition = 0; partition < Marekvs.Abstractions.Limits.Partitions; partition++)
            {
                Compare(partition);
                Table.TryAttach(partition, Self, Writers.Select(writer => writer.Node));
            }

            Table.Fold();
        }

        /// <summary>A claim that covers what is not there.</summary>
        public string? FindLie()
        {
            foreach ((Origin writer, List<(ushort Partition, Stamp Stamp)> journal) in _journals)
            {
                foreach ((ushort partition, Stamp stamp) in journal)
                {
                    var dot = new Dot(stamp, writer);
                    if (Table.Covers(partition, dot) && !_here.Contains((partition, dot)))
                    {
                        return $"{stamp.Value} of {writer} in {partition} is claimed and missing";
                    }
                }
            }

            return null;
        }

        private void Stream(Origin writer, int most)
        {
            List<(ushort Partition, Stamp Stamp)> journal = _journals[writer];
            int to = (int)Math.Min(journal.Count, (long)_cursors[writer] + most);
            for (; _cursors[writer] < to; _cursors[writer]++)
            {
                (ushort partition, Stamp stamp) = journal[_cursors[writer]];
                if (_filters[writer].Contains(partition))
                {
                    _here.Add((partition, new Dot(stamp, writer)));
                }
            }

            // At the end of its journal a writer says that nothing is under way.
            Stamp closed = to == journal.Count ? new Stamp(_clock) : journal[to].Stamp is var next ? new Stamp(next.Value - 1) : default;
            Table.RaiseStream(writer, closed);
        }

        /// <summary>The stream begins anew, with another filter; it must bring what is attached.</summary>
        private void Begin(Origin writer)
        {
            PartitionSet attached = Table.Attached;
            int others = random.Next();
            PartitionSet filter = PartitionSet.Where(p => attached.Contains(p) || (others >> p & 1) == 1);
            Stamp floor = _cursors[writer] == 0 ? Stamp.Zero
                : random.Next(5) == 0 ? Stamp.Latest
                : new Stamp(_clock);
            Table.Begin(writer, new StreamFilter(filter, floor), _filters[writer]);
            _filters[writer] = filter;
        }

        /// <summary>The stream goes on at the end of the journal.</summary>
        private void Jump(Origin writer)
        {
            if (_cursors[writer] < _journals[writer].Count)
            {
                Table.OpenGap(writer, new Stamp(_clock));
                _cursors[writer] = _journals[writer].Count;
            }
        }

        /// <summary>Somebody who has everything of a partition is compared with.</summary>
        private void Compare(ushort partition)
        {
            var theirs = new VersionVector();
            foreach (Origin writer in Writers)
            {
                theirs.Raise(writer, new Stamp(_clock));
                foreach ((ushort at, Stamp stamp) in partition >= Partitions ? [] : _journals[writer].Where(write => write.Partition == partition))
                {
                    _here.Add((at, new Dot(stamp, writer)));
                }
            }

            theirs.Raise(Self, new Stamp(_clock));
            Table.RaisePartition(partition, theirs, Self);
        }

        /// <summary>All attached partitions are compared, so that the common vector says more than streams brought.</summary>
        private void CompareAttached()
        {
            foreach (ushort partition in Table.Attached.Members)
            {
                Compare(partition);
            }

            Table.Fold();
        }

        /// <summary>The node starts again with what it had written down.</summary>
        private void Reopen()
        {
            var writer = new RecordWriter();
            Table.Write(writer, new Dot(new Stamp(_clock), Self));
            byte[] bytes = writer.Written.ToArray();
            var reader = new RecordReader(bytes);
            Table = AppliedTable.Read(ref reader, bytes);
            Table.BeginOwn(Self, new Stamp(_clock));

            // Streams begin where they were; nobody remembers what they brought until then.
            foreach (Origin origin in Writers)
            {
                PartitionSet attached = Table.Attached;
                _filters[origin] = attached;
                Table.Begin(origin, new StreamFilter(attached, new Stamp(_clock)), PartitionSet.None);
            }
        }
    }
}
