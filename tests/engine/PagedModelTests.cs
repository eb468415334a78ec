using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Records;
using Marekvs.Modules.Keys;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>
/// Random commands on few, large bags of which memory holds a small part, against sorted dictionaries: elements come
/// in and go out of memory, checkpoints and crashes happen, and every count, position and walk stays exact.
/// </summary>
[TestClass]
public sealed class PagedModelTests
{
    private const int Steps = 1500;
    private const int Bags = 3;
    private const int Names = 150;

    /// <summary>How long a call may wait for a disk that is held up before the disk gets going again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private Task _slowCheckpoint = Task.CompletedTask;

    [TestMethod]
    [DataRow(1, 4, ElementOrder.ByName)]
    [DataRow(2, 8, ElementOrder.ByHash)]
    [DataRow(3, 8, ElementOrder.ByName)]
    [DataRow(4, 16, ElementOrder.ByHash)]
    [DataRow(5, 32, ElementOrder.ByName)]
    [DataRow(6, 1024, ElementOrder.ByHash)]
    public async Task Bags_RandomHistory_AnswerLikeDictionaries(int seed, int memoryKilobytes, ElementOrder order)
    {
        var settings = new RunnerSettings(
            Shards: 1 + (seed % 2), memoryKilobytes * 1024, SegmentBytes: 4 * 1024 * 1024, ResidentElementsMax: 10);
        await using var runner = new KeyspaceRunner(
            settings, new SortedStore(), new BagModule(isIndexed: true, order), new KeysModule(), new FlushModule());
        var model = new Model(runner, order);
        var random = new Random(seed);
        for (int step = 0; step < Steps; step++)
        {
            string line = Model.Next(random);
            string expected = model.Apply(line);
            Assert.AreEqual(expected, await RunAsync(runner, line), $"seed {seed} step {step}: {line}");
            await DisturbAsync(runner, random);
            if (step % 250 == 0)
            {
                await EndSlowCheckpointAsync(runner);
                model.Check($"seed {seed} step {step}");
            }
        }

        await EndSlowCheckpointAsync(runner);
        ulong[] digests = Digests(runner.Keyspace);
        await runner.CrashAsync();
        model.Check($"seed {seed} after the last crash");
        CollectionAssert.AreEqual(digests, Digests(runner.Keyspace), $"seed {seed}: recovery rebuilds the digests");
        await model.DeleteAllAsync();
        CollectionAssert.AreEqual(
            new ulong[digests.Length], Digests(runner.Keyspace), $"seed {seed}: nothing contributes to a digest");
    }

    /// <summary>Runs a command, ending a checkpoint that is held up when the command waits for it.</summary>
    private async Task<string> RunAsync(KeyspaceRunner runner, string line)
    {
        Task<string> reply = runner.Connection.Start(line);
        try
        {
            return await reply.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            await EndSlowCheckpointAsync(runner);
            return await reply.WaitAsync(Patience * 500);
        }
    }

    private async Task EndSlowCheckpointAsync(KeyspaceRunner runner)
    {
        ((SortedStore)runner.Store).HoldsCommits = false;
        await _slowCheckpoint;
    }

    private async Task DisturbAsync(KeyspaceRunner runner, Random random)
    {
        int chance = random.Next(300);
        if (chance is < 62 or > 90 and < 102)
        {
            await EndSlowCheckpointAsync(runner);
        }

        switch (chance)
        {
            case < 20:
                runner.Advance(random.Next(1, 400));
                await runner.Keyspace.TickAsync();
                break;
            case < 50:
                await runner.Keyspace.CheckpointAsync();
                break;
            case < 54:
                await runner.ReopenAsync();
                break;
            case < 62:
                await runner.CrashAsync(withinCheckpoint: chance > 56);
                break;
            case < 80 when _slowCheckpoint.IsCompleted:
                ((SortedStore)runner.Store).HoldsCommits = true;
                _slowCheckpoint = runner.Keyspace.CheckpointAsync();
                break;
        }
    }

    private static ulong[] Digests(Keyspace keyspace)
    {
        var all = new ulong[Limits.Partitions * Limits.DigestBuckets];
        for (int i = 0; i < Limits.Partitions; i++)
        {
            keyspace.ReadDigest((ushort)i, all.AsSpan(i * Limits.DigestBuckets, Limits.DigestBuckets));
        }

        return all;
    }

    /// <summary>Bags as sorted dictionaries; a value is a text, or a number when it counts.</summary>
    private sealed class Model(KeyspaceRunner runner, ElementOrder order)
    {
        private readonly Comparer<string> _order = Comparer<string>.Create(
            order == ElementOrder.ByHash ? CompareHashes : string.CompareOrdinal);
        private readonly Dictionary<(string Key, string Name), long> _shortLived = [];
        private readonly Dictionary<string, SortedDictionary<string, string>> _bags = [];
        private readonly Dictionary<string, long> _deadlines = [];

        public static string Next(Random random)
        {
            string key = "b" + random.Next(Bags).ToString(CultureInfo.InvariantCulture);
            string other = "b" + random.Next(Bags).ToString(CultureInfo.InvariantCulture);
            string name = "n" + random.Next(Names).ToString(CultureInfo.InvariantCulture);
            return random.Next(300) switch
            {
                < 115 => $"BAG.PUT {key} {name} {new string('v', random.Next(1, 60))}",
                < 125 => $"BAG.PUT {key} {name} short-lived {random.Next(1, 4000)}",
                < 127 => $"BAG.BYVALUE {key} v {random.Next(30)}",
                < 130 => $"BAG.VALUERANK {key} {name}",
                < 150 => $"BAG.ADD {key} c{random.Next(12)} {random.Next(-50, 50)}",
                < 180 => $"BAG.GET {key} {name}",
                < 186 => $"BAG.GET {key} c{random.Next(12)}",
                < 204 => $"BAG.REMOVE {key} {name}",
                < 212 => $"BAG.FIRST {key}",
                < 220 => $"BAG.LAST {key}",
                < 226 => $"BAG.REMOVE {key} c{random.Next(12)}",
                < 231 => $"BAG.ALL {key}",
                < 236 => $"BAG.COUNT {key}",
                < 248 => $"BAG.FROM {key} {name} {random.Next(30)}",
                < 260 => $"BAG.UPTO {key} {name} {random.Next(30)}",
                < 272 => $"BAG.AT {key} {random.Next(Names)}",
                < 282 => $"BAG.RANK {key} {name}",
                < 287 => $"COPY {key} {other} REPLACE",
                < 291 => $"RENAME {key} {other}",
                < 294 => $"DEL {key} {other}",
                < 297 => $"PEXPIRE {key} {random.Next(1, 6000)}",
                < 299 => $"PERSIST {key}",
                _ => "FLUSHALL",
            };
        }

        public string Apply(string line)
        {
            Expire();
            string[] args = line.Split(' ');
            if (args[0] == "FLUSHALL")
            {
                _bags.Clear();
                _deadlines.Clear();
                _shortLived.Clear();
                return "+OK\r\n";
            }

            SortedDictionary<string, string>? bag = _bags.GetValueOrDefault(args[1]);
            string[] names = [.. bag?.Keys ?? Enumerable.Empty<string>()];
            switch (args[0])
            {
                case "BAG.PUT":
                    bag = _bags[args[1]] = bag ?? new SortedDictionary<string, string>(_order);
                    bool added = !bag.ContainsKey(args[2]);
                    bag[args[2]] = args[3];
                    _shortLived.Remove((args[1], args[2]));
                    if (args.Length > 4)
                    {
                        _shortLived[(args[1], args[2])] = runner.Now + Parse(args[4]);
                    }

                    return Integer(added ? 1 : 0);
                case "BAG.ADD":
                    bag = _bags[args[1]] = bag ?? new SortedDictionary<string, string>(_order);
                    long sum = Parse(bag.GetValueOrDefault(args[2], "0")) + Parse(args[3]);
                    bag[args[2]] = sum.ToString(CultureInfo.InvariantCulture);
                    return "+OK\r\n";
                case "BAG.GET":
                    return bag is not null && bag.TryGetValue(args[2], out string? value) ? Bulk(value) : "$-1\r\n";
                case "BAG.REMOVE":
                    return Integer(Remove(args[1], args[2]) ? 1 : 0);
                case "BAG.FIRST" or "BAG.LAST":
                    string? taken = args[0] == "BAG.FIRST" ? names.FirstOrDefault() : names.LastOrDefault();
                    return taken is not null && Remove(args[1], taken) ? Bulk(taken) : "$-1\r\n";
                case "BAG.COUNT":
                    return Integer(names.Length);
                case "BAG.ALL":
                    return Array(names.SelectMany(n => new[] { n, bag![n] }));
                case "BAG.FROM":
                    return Array(names.Where(n => _order.Compare(n, args[2]) >= 0).Take((int)Parse(args[3])));
                case "BAG.UPTO":
                    return Array(names.Where(n => _order.Compare(n, args[2]) <= 0).Reverse().Take((int)Parse(args[3])));
                case "BAG.AT":
                    return names.ElementAtOrDefault((int)Parse(args[2])) is { } there ? Bulk(there) : "$-1\r\n";
                case "BAG.RANK":
                    return Integer(names.Count(n => _order.Compare(n, args[2]) < 0));
                case "BAG.BYVALUE":
                    return Array(ByValue(args[1]).SkipWhile(n => string.CompareOrdinal(bag![n], args[2]) < 0).Take((int)Parse(args[3])));
                case "BAG.VALUERANK":
                    int rank = System.Array.IndexOf(ByValue(args[1]), args[2]);
                    return rank < 0 ? "$-1\r\n" : Integer(rank);
                case "COPY":
                    return Copy(args[1], args[2]);
                case "RENAME":
                    return Rename(args[1], args[2]);
                case "DEL":
                    int deleted = args[1..].Distinct().Count(_bags.ContainsKey);
                    Forget(args[1]);
                    Forget(args[2]);
                    return Integer(deleted);
                case "PEXPIRE":
                    if (bag is not null)
                    {
                        _deadlines[args[1]] = runner.Now + Parse(args[2]);
                    }

                    return Integer(bag is null ? 0 : 1);
                default:
                    return Integer(_deadlines.Remove(args[1]) ? 1 : 0);
            }
        }

        public void Check(string when)
        {
            Expire();
            for (int i = 0; i < Bags; i++)
            {
                string key = $"b{i}";
                string[] names = [.. _bags.GetValueOrDefault(key)?.Keys ?? Enumerable.Empty<string>()];
                Assert.AreEqual(Integer(names.Length), runner.Run($"BAG.COUNT {key}"), $"{when}: {key}");
                Assert.AreEqual(Array(names), runner.Run($"BAG.NAMES {key}"), $"{when}: {key}");
                Assert.AreEqual(Array(ByValue(key)), runner.Run($"BAG.BYVALUE {key} - 1000"), $"{when}: {key}");
                Assert.AreEqual(Array(names.Reverse()), runner.Run($"BAG.BACKWARDS {key}"), $"{when}: {key}");
                foreach (string name in names)
                {
                    Assert.AreEqual(Bulk(_bags[key][name]), runner.Run($"BAG.GET {key} {name}"), $"{when}: {key} {name}");
                }

                long timeToLive = _deadlines.TryGetValue(key, out long deadline) ? deadline - runner.Now
                    : names.Length > 0 ? -1
                    : -2;
                Assert.AreEqual(Integer(timeToLive), runner.Run($"PTTL {key}"), $"{when}: time to live of {key}");
            }

            runner.Keyspace.TickAsync().GetAwaiter().GetResult();
            runner.Keyspace.TickAsync().GetAwaiter().GetResult();
            Assert.AreEqual(Integer(_bags.Count), runner.Run("DBSIZE"), $"{when}: DBSIZE");
        }

        public async Task DeleteAllAsync()
        {
            foreach (string key in _bags.Keys)
            {
                runner.Run($"DEL {key}");
            }

            Assert.AreEqual(Integer(0), runner.Run("DBSIZE"));
            await runner.ReopenAsync();
            Assert.AreEqual(Integer(0), runner.Run("DBSIZE"));
        }

        private static int CompareHashes(string left, string right)
        {
            int order = HashOf(left).CompareTo(HashOf(right));
            return order != 0 ? order : string.CompareOrdinal(left, right);
        }

        private static uint HashOf(string name) => ElementSuffix.HashOf(Encoding.ASCII.GetBytes(name));

        private static string Integer(long value) => $":{value}\r\n";

        private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

        private static string Array(IEnumerable<string> names) =>
            $"*{names.Count()}\r\n{string.Concat(names.Select(Bulk))}";

        private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);

        private string Copy(string from, string to)
        {
            if (from == to)
            {
                return "-ERR source and destination objects are the same\r\n";
            }

            if (!_bags.TryGetValue(from, out SortedDictionary<string, string>? bag))
            {
                return Integer(0);
            }

            Forget(to);
            _bags[to] = new SortedDictionary<string, string>(bag, _order);
            foreach (((string key, string name), long end) in _shortLived.Where(e => e.Key.Key == from).ToList())
            {
                _shortLived[(to, name)] = end;
            }

            if (_deadlines.TryGetValue(from, out long deadline))
            {
                _deadlines[to] = deadline;
            }

            return Integer(1);
        }

        private string Rename(string from, string to)
        {
            if (!_bags.ContainsKey(from))
            {
                return "-ERR no such key\r\n";
            }

            if (from != to)
            {
                Copy(from, to);
                Forget(from);
            }

            return "+OK\r\n";
        }

        private bool Remove(string key, string name)
        {
            _shortLived.Remove((key, name));
            bool removed = _bags.TryGetValue(key, out SortedDictionary<string, string>? bag) && bag.Remove(name);
            if (removed && bag!.Count == 0)
            {
                Forget(key);
            }

            return removed;
        }

        private string[] ByValue(string key) =>
            [.. (_bags.GetValueOrDefault(key) ?? []).OrderBy(p => p.Value + '\0' + p.Key, StringComparer.Ordinal)
                .Select(p => p.Key)];

        private void Forget(string key)
        {
            _bags.Remove(key);
            _deadlines.Remove(key);
            foreach ((string Key, string Name) element in _shortLived.Keys.Where(e => e.Key == key).ToList())
            {
                _shortLived.Remove(element);
            }
        }

        private void Expire()
        {
            foreach ((string key, long deadline) in _deadlines.ToList())
            {
                if (deadline <= runner.Now)
                {
                    Forget(key);
                }
            }

            foreach (((string key, string name), long deadline) in _shortLived.ToList())
            {
                if (deadline <= runner.Now)
                {
                    Remove(key, name);
                }
            }
        }
    }
}
