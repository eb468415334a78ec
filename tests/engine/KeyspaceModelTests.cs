using System.Globalization;
using Marekvs.Abstractions;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>
/// Random commands, ticks, checkpoints, restarts and crashes against a dictionary: whatever is resident, dropped or on
/// disk, the keyspace answers like one dictionary, its counts equal a scan and its digests survive recovery.
/// </summary>
[TestClass]
public sealed class KeyspaceModelTests
{
    private const int Steps = 3000;
    private const int KeyNames = 60;

    [TestMethod]
    [DataRow(1, 1 << 30, 4096)]
    [DataRow(2, 1 << 30, 4096)]
    [DataRow(3, 24 * 1024, 4096)]
    [DataRow(4, 24 * 1024, 4)]
    [DataRow(5, 4 * 1024, 4096)]
    [DataRow(6, 4 * 1024, 2)]
    public async Task Keyspace_RandomHistory_AnswersLikeADictionary(int seed, int memoryMax, int residentElementsMax)
    {
        var settings = new RunnerSettings(
            Shards: 1 + (seed % 3),
            memoryMax,
            SegmentBytes: 64 * 1024,
            ResidentElementsMax: residentElementsMax);
        await using var runner = new KeyspaceRunner(
            settings,
            new SortedStore(),
            new StringsModule(),
            new KeysModule(),
            new BagModule(),
            new FlushModule());
        var model = new Model(runner);
        var random = new Random(seed);
        var history = new List<string>();
        for (int step = 0; step < Steps; step++)
        {
            string line = Model.Next(random);
            string expected = model.Apply(line);
            string actual = runner.Run(line);
            history.Add($"{step} now {runner.Now} {line} -> {actual.TrimEnd()}");
            string key = line.Split(' ').ElementAtOrDefault(1) ?? "";
            Assert.AreEqual(
                expected,
                actual,
                $"seed {seed} step {step}: {line}\n" + string.Join('\n', history.Where(h => h.Contains(key + " ", StringComparison.Ordinal) || !h.Contains(" k", StringComparison.Ordinal)).TakeLast(12)));
            history.Add(await DisturbAsync(runner, random));
            if (step % 100 == 0)
            {
                model.Check($"seed {seed} step {step}");
            }
        }

        ulong[] digests = Digests(runner.Keyspace);
        await runner.CrashAsync();
        model.Check($"seed {seed} after the last crash");
        CollectionAssert.AreEqual(digests, Digests(runner.Keyspace), $"seed {seed}: recovery rebuilds the digests");
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

    private static async Task<string> DisturbAsync(KeyspaceRunner runner, Random random)
    {
        switch (random.Next(300))
        {
            case < 60:
                runner.Advance(random.Next(1, 400));
                await runner.Keyspace.TickAsync();
                return "tick";
            case < 75:
                await runner.Keyspace.CheckpointAsync();
                return "checkpoint";
            case 75:
                await runner.ReopenAsync();
                return "reopen";
            case 76:
                await runner.CrashAsync();
                return "crash";
            default:
                return "nothing k";
        }
    }

    /// <summary>What a single dictionary with deadlines would answer.</summary>
    private sealed class Model(KeyspaceRunner runner)
    {
        private readonly Dictionary<string, (object Value, long Deadline)> _keys = [];

        public static string Next(Random random)
        {
            string key = "k" + random.Next(KeyNames).ToString(CultureInfo.InvariantCulture);
            string other = "k" + random.Next(KeyNames).ToString(CultureInfo.InvariantCulture);
            string number = random.Next(1000).ToString(CultureInfo.InvariantCulture);
            string text = new('v', random.Next(1, 200));
            return random.Next(200) switch
            {
                < 40 => $"SET {key} {text}{number}",
                < 50 => $"SET {key} {number}",
                < 60 => $"SET {key} {text} PX {random.Next(1, 3000)}",
                < 80 => $"INCRBY {key} {number}",
                < 100 => $"GET {key}",
                < 115 => $"DEL {key} {other}",
                < 125 => $"APPEND {key} {number}",
                < 132 => $"RENAME {key} {other}",
                < 140 => $"PEXPIRE {key} {random.Next(1, 3000)}",
                < 146 => $"PERSIST {key}",
                < 176 => $"BAG.PUT {key} n{random.Next(30)} {text}",
                < 190 => $"BAG.REMOVE {key} n{random.Next(30)}",
                < 199 => $"COPY {key} {other} REPLACE",
                _ => "FLUSHALL",
            };
        }

        public string Apply(string line)
        {
            const string WrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";
            foreach (string dead in _keys.Where(pair => pair.Value.Deadline <= runner.Now).Select(pair => pair.Key).ToList())
            {
                _keys.Remove(dead);
            }

            string[] args = line.Split(' ');
            object? value = args.Length > 1 && _keys.TryGetValue(args[1], out (object Value, long Deadline) found) ? found.Value : null;
            long deadline = value is null ? long.MaxValue : _keys[args[1]].Deadline;
            switch (args[0])
            {
                case "SET":
                    _keys[args[1]] = (args[2], args.Length > 3 ? runner.Now + Parse(args[4]) : long.MaxValue);
                    return "+OK\r\n";
                case "GET":
                    return value is SortedDictionary<string, string> ? WrongType : value is string s ? Bulk(s) : "$-1\r\n";
                case "INCRBY" when value is SortedDictionary<string, string>:
                case "APPEND" when value is SortedDictionary<string, string>:
                    return WrongType;
                case "INCRBY":
                    if (!long.TryParse((string?)value ?? "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) ||
                        (value is string digits && digits != n.ToString(CultureInfo.InvariantCulture)))
                    {
                        return "-ERR value is not an integer or out of range\r\n";
                    }

                    n += Parse(args[2]);
                    _keys[args[1]] = (n.ToString(CultureInfo.InvariantCulture), deadline);
                    return $":{n}\r\n";
                case "APPEND":
                    string longer = (string?)value + args[2];
                    _keys[args[1]] = (longer, deadline);
                    return $":{longer.Length}\r\n";
                case "DEL":
                    return $":{args[1..].Distinct().Count(_keys.Remove)}\r\n";
                case "RENAME":
                    if (value is null)
                    {
                        return "-ERR no such key\r\n";
                    }

                    _keys.Remove(args[1]);
                    _keys[args[2]] = (value, deadline);
                    return "+OK\r\n";
                case "COPY":
                    if (args[1] == args[2])
                    {
                        return "-ERR source and destination objects are the same\r\n";
                    }

                    if (value is null)
                    {
                        return ":0\r\n";
                    }

                    object copy = value is SortedDictionary<string, string> bag ? new SortedDictionary<string, string>(bag, StringComparer.Ordinal) : value;
                    _keys[args[2]] = (copy, deadline);
                    return ":1\r\n";
                case "PEXPIRE":
                    if (value is null)
                    {
                        return ":0\r\n";
                    }

                    _keys[args[1]] = (value, runner.Now + Parse(args[2]));
                    return ":1\r\n";
                case "PERSIST":
                    if (value is null || deadline == long.MaxValue)
                    {
                        return ":0\r\n";
                    }

                    _keys[args[1]] = (value, long.MaxValue);
                    return ":1\r\n";
                case "BAG.PUT" when value is string:
                case "BAG.REMOVE" when value is string:
                    return WrongType;
                case "BAG.PUT":
                    var names = (SortedDictionary<string, string>?)value ?? new SortedDictionary<string, string>(StringComparer.Ordinal);
                    bool added = !names.ContainsKey(args[2]);
                    names[args[2]] = args[3];
                    _keys[args[1]] = (names, deadline);
                    return added ? ":1\r\n" : ":0\r\n";
                case "BAG.REMOVE":
                    bool removed = value is SortedDictionary<string, string> held && held.Remove(args[2]);
                    if (removed && ((SortedDictionary<string, string>)value!).Count == 0)
                    {
                        _keys.Remove(args[1]);
                    }

                    return removed ? ":1\r\n" : ":0\r\n";
                default:
                    _keys.Clear();
                    return "+OK\r\n";
            }
        }

        public void Check(string when)
        {
            var live = _keys.Where(pair => pair.Value.Deadline > runner.Now).ToDictionary();
            foreach ((string key, (object value, long deadline)) in live)
            {
                if (value is string text)
                {
                    Assert.AreEqual(Bulk(text), runner.Run($"GET {key}"), $"{when}: {key}");
                }
                else
                {
                    var bag = (SortedDictionary<string, string>)value;
                    Assert.AreEqual(Array(bag.Keys), runner.Run($"BAG.NAMES {key}"), $"{when}: {key}");
                    Assert.AreEqual(Array(bag.Keys.Reverse()), runner.Run($"BAG.BACKWARDS {key}"), $"{when}: {key}");
                    Assert.AreEqual($":{bag.Count}\r\n", runner.Run($"BAG.COUNT {key}"), $"{when}: {key}");
                }

                long expected = deadline == long.MaxValue ? -1 : deadline - runner.Now;
                Assert.AreEqual($":{expected}\r\n", runner.Run($"PTTL {key}"), $"{when}: time to live of {key}");
            }

            var scanned = new HashSet<string>();
            string cursor = "0";
            do
            {
                string[] parts = runner.Run($"SCAN {cursor} COUNT 7").Split("\r\n");
                cursor = parts[2];
                for (int i = 5; i < parts.Length; i += 2)
                {
                    scanned.Add(parts[i]);
                }
            }
            while (cursor != "0");
            CollectionAssert.AreEquivalent(live.Keys.ToList(), scanned.ToList(), $"{when}: SCAN");
            runner.Keyspace.TickAsync().GetAwaiter().GetResult();
            runner.Keyspace.TickAsync().GetAwaiter().GetResult();
            Assert.AreEqual($":{live.Count}\r\n", runner.Run("DBSIZE"), $"{when}: DBSIZE equals a scan");
        }

        private static string Array(IEnumerable<string> names) =>
            $"*{names.Count()}\r\n{string.Concat(names.Select(Bulk))}";

        private static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

        private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
