using System.Globalization;
using Marekvs.Modules.Hashes;
using Marekvs.Modules.Keys;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

/// <summary>Hashes larger than memory.</summary>
[TestClass]
public sealed class LargeHashTests : IAsyncDisposable
{
    private const int Fields = 3_000;
    private const int MemoryMax = 96 * 1024;

    private readonly KeyspaceRunner _keyspace = new(
        new RunnerSettings(Shards: 1, MemoryMax, ResidentElementsMax: 50),
        new SortedStore(),
        new HashesModule(),
        new KeysModule());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _keyspace.DisposeAsync();

    [TestMethod]
    public async Task Hgetall_FarLargerThanMemory_AnswersAllWithinTheBound()
    {
        await FillAsync("h", Fields);
        foreach (string command in new[] { "HGETALL", "HKEYS", "HVALS" })
        {
            string reply = _keyspace.Run($"{command} h");
            Assert.HasCount(Fields * (command == "HGETALL" ? 2 : 1), RespReading.Strings(reply), command);
        }

        CollectionAssert.AreEquivalent(
            Enumerable.Range(0, Fields).Select(i => (Name(i), Value(i))).ToArray(),
            RespReading.Strings(_keyspace.Run("HGETALL h")).Chunk(2).Select(pair => (pair[0], pair[1])).ToArray());
        Assert.IsLessThan(MemoryMax * 5 / 4, _keyspace.Keyspace.Statistics.ResidentBytes);
    }

    [TestMethod]
    public async Task Hscan_WhileFieldsComeAndGo_SeesThoseThatStay()
    {
        await FillAsync("h", Fields);
        var seen = new HashSet<string>();
        string cursor = "0";
        int steps = 0;
        do
        {
            (cursor, List<string> page) = RespReading.Page(_keyspace.Run($"HSCAN h {cursor} COUNT 100"));
            foreach (string[] pair in page.Chunk(2).Where(pair => pair[0].StartsWith("field", StringComparison.Ordinal)))
            {
                Assert.AreEqual("value" + pair[0]["field".Length..].PadLeft(60, '-'), pair[1]);
                seen.Add(pair[0]);
            }

            _keyspace.Run($"HSET h x{steps} v y{steps} v");
            _keyspace.Run($"HDEL h x{steps - 1} y{steps - 3}");
            steps++;
        }
        while (cursor != "0");
        Assert.HasCount(Fields, seen);
    }

    [TestMethod]
    public async Task Commands_RandomOnAPagedHash_AgreeWithAModel()
    {
        var model = new Dictionary<string, string>();
        var deadlines = new Dictionary<string, long>();
        var random = new Random(1);
        for (int step = 0; step < 6_000; step++)
        {
            string field = Name(random.Next(600));
            switch (random.Next(10))
            {
                case < 4:
                    _keyspace.Connection.RunArguments("HSET", "h", field, Value(step));
                    model[field] = Value(step);
                    deadlines.Remove(field);
                    break;
                case 4:
                    Assert.AreEqual(Resp.Integer(model.Remove(field) ? 1 : 0), _keyspace.Run($"HDEL h {field}"));
                    deadlines.Remove(field);
                    break;
                case 5:
                    string counter = $"n{random.Next(100)}";
                    long sum = long.Parse(model.GetValueOrDefault(counter, "0"), CultureInfo.InvariantCulture) + 3;
                    Assert.AreEqual(Resp.Integer(sum), _keyspace.Run($"HINCRBY h {counter} 3"));
                    model[counter] = $"{sum}";
                    break;
                case 6:
                    bool exists = model.ContainsKey(field);
                    Assert.AreEqual(
                        Resp.Array(Resp.Integer(exists ? 1 : -2)), _keyspace.Run($"HPEXPIRE h 500 FIELDS 1 {field}"));
                    if (exists)
                    {
                        deadlines[field] = _keyspace.Now + 500;
                    }

                    break;
                case 7:
                    _keyspace.Advance(1);
                    foreach (string due in deadlines.Where(pair => pair.Value <= _keyspace.Now).Select(pair => pair.Key).ToArray())
                    {
                        deadlines.Remove(due);
                        model.Remove(due);
                    }

                    break;
                default:
                    Assert.AreEqual(
                        model.TryGetValue(field, out string? value) ? Resp.Bulk(value) : Resp.Nil,
                        _keyspace.Run($"HGET h {field}"));
                    break;
            }

            if (step % 500 == 499)
            {
                await (step % 1000 == 999 ? _keyspace.CrashAsync() : _keyspace.Keyspace.CheckpointAsync());
                Assert.AreEqual(Resp.Integer(model.Count), _keyspace.Run("HLEN h"), $"step {step}");
            }
        }

        CollectionAssert.AreEquivalent(
            model.Select(pair => (pair.Key, pair.Value)).ToArray(),
            RespReading.Strings(_keyspace.Run("HGETALL h")).Chunk(2).Select(pair => (pair[0], pair[1])).ToArray());
    }

    [TestMethod]
    public async Task Hrandfield_Some_AnswersDifferentFieldsWithTheirValues()
    {
        await FillAsync("h", Fields);
        foreach (int count in new[] { 5, 900, 2_500 })
        {
            string[][] pairs =
                [.. RespReading.Strings(_keyspace.Run($"HRANDFIELD h {count} WITHVALUES")).Chunk(2)];
            Assert.HasCount(count, pairs);
            Assert.HasCount(count, pairs.Select(pair => pair[0]).Distinct());
            Assert.IsTrue(pairs.All(pair => pair[1] == "value" + pair[0]["field".Length..].PadLeft(60, '-')));
        }

        Assert.IsGreaterThan(300, RespReading.Strings(_keyspace.Run("HRANDFIELD h -400")).Distinct().Count());
    }

    [TestMethod]
    public async Task Del_LargeHash_IsOneStep()
    {
        const long EntryBytesMax = 200;
        await FillAsync("h", Fields);
        long before = _keyspace.Connection.Ticket.JournalPosition;
        Assert.AreEqual(Resp.Integer(1), _keyspace.Run("DEL h"));
        Assert.IsLessThan(EntryBytesMax, _keyspace.Connection.Ticket.JournalPosition - before);
        Assert.AreEqual(Resp.Integer(0), _keyspace.Run("HLEN h"));
        Assert.AreEqual(Resp.Array(), _keyspace.Run("HGETALL h"));
        _keyspace.Run("HSET h a 1");
        await _keyspace.ReopenAsync();
        Assert.AreEqual(Resp.Bulks("a", "1"), _keyspace.Run("HGETALL h"));
    }

    [TestMethod]
    public async Task Rename_LargeHash_KeepsAll()
    {
        await FillAsync("h", 400);
        _keyspace.Run("HINCRBY h n 7");
        _keyspace.Run("HEXPIRE h 100 FIELDS 2 n " + Name(1));
        Assert.AreEqual(Resp.Ok, _keyspace.Run("RENAME h r"));
        Assert.AreEqual(Resp.Integer(401), _keyspace.Run("HLEN r"));
        Assert.AreEqual(
            Resp.Array(Resp.Integer(100), Resp.Integer(100), Resp.Integer(-1)),
            _keyspace.Run($"HTTL r FIELDS 3 n {Name(1)} {Name(2)}"));
        Assert.AreEqual(Resp.Bulk("7"), _keyspace.Run("HGET r n"));
        Assert.AreEqual(Resp.Integer(0), _keyspace.Run("HLEN h"));
    }

    private static string Name(int i) => $"field{i}";

    private static string Value(int i) => "value" + $"{i}".PadLeft(60, '-');

    private async Task FillAsync(string key, int count)
    {
        foreach (int[] some in Enumerable.Range(0, count).Chunk(100))
        {
            _keyspace.Connection.RunArguments(["HSET", key, .. some.SelectMany(i => new[] { Name(i), Value(i) })]);
        }

        await _keyspace.Keyspace.CheckpointAsync();
    }
}
