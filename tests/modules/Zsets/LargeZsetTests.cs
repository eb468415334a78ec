using System.Globalization;
using Marekvs.Modules.Zsets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>Sorted sets larger than memory, compared with a list that is sorted.</summary>
[TestClass]
public sealed class LargeZsetTests : IAsyncDisposable
{
    private const int Members = 2_000;

    private readonly Random _random = new(7);
    private readonly Dictionary<string, double> _scores = [];
    private readonly KeyspaceRunner _keyspace = new(
        new RunnerSettings(Shards: 1, MemoryMax: 96 * 1024, ResidentElementsMax: 50),
        new SortedStore(),
        new ZsetsModule());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _keyspace.DisposeAsync();

    [TestMethod]
    public async Task Ranges_AnyKind_AreRight()
    {
        await FillAsync();
        string[] order = Order();
        Expect(order, "ZRANGE z 0 -1");
        for (int i = 0; i < 40; i++)
        {
            int from = _random.Next(Members);
            int to = _random.Next(from, Math.Min(Members, from + 100));
            Expect(order[from..(to + 1)], $"ZRANGE z {from} {to}");
            Expect([.. order.Reverse().Skip(from).Take(to - from + 1)], $"ZRANGE z {from} {to} REV");
            double low = _random.Next(200);
            string[] between = [.. order.Where(member => _scores[member] >= low && _scores[member] < low + 5)];
            Expect(between, Invariant($"ZRANGE z {low} ({low + 5} BYSCORE"));
            Expect([.. between.Skip(70).Take(9)], Invariant($"ZRANGE z {low} ({low + 5} BYSCORE LIMIT 70 9"));
            Assert.AreEqual(
                Resp.Integer(between.Length), _keyspace.Run(Invariant($"ZCOUNT z {low} ({low + 5}")));
            string member = order[from];
            Assert.AreEqual(Resp.Integer(from), _keyspace.Run($"ZRANK z {member}"));
            Assert.AreEqual(Resp.Integer(Members - 1 - from), _keyspace.Run($"ZREVRANK z {member}"));
            Assert.AreEqual(
                Resp.Bulk(_scores[member].ToString(CultureInfo.InvariantCulture)), _keyspace.Run($"ZSCORE z {member}"));
        }
    }

    [TestMethod]
    public async Task Changes_AtRandom_LeaveTheOrderRight()
    {
        await FillAsync();
        for (int i = 0; i < 600; i++)
        {
            string member = $"member-{_random.Next(Members + 200)}";
            double score = _random.Next(800) / 4.0;
            switch (_random.Next(6))
            {
                case 0:
                    _keyspace.Run($"ZREM z {member}");
                    _scores.Remove(member);
                    break;
                case 1:
                    _keyspace.Run(Invariant($"ZINCRBY z {score} {member}"));
                    _scores[member] = _scores.GetValueOrDefault(member) + score;
                    break;
                case 2:
                    string taken = RespReading.Strings(_keyspace.Run("ZPOPMIN z"))[0];
                    Assert.AreEqual(Order()[0], taken);
                    _scores.Remove(taken);
                    break;
                default:
                    _keyspace.Run(Invariant($"ZADD z {score} {member}"));
                    _scores[member] = score;
                    break;
            }

            if (i % 100 == 99)
            {
                await _keyspace.Keyspace.CheckpointAsync();
                Expect(Order(), "ZRANGE z 0 -1");
            }
        }

        Assert.AreEqual(Resp.Integer(_scores.Count), _keyspace.Run("ZCARD z"));
        await _keyspace.CrashAsync();
        Expect(Order(), "ZRANGE z 0 -1");
        Expect([.. Order().Reverse()], "ZRANGE z 0 -1 REV");
    }

    [TestMethod]
    public async Task Scores_SetAgainToWhatTheyAre_LeaveTheOrderRight()
    {
        await FillAsync();
        for (int i = 0; i < 4_000; i++)
        {
            // Of a member on disk memory may have the entry of the index, or the other way round.
            string member = $"member-{_random.Next(Members)}";
            _scores[member] = i % 2 == 0 ? _random.Next(800) / 4.0 : _scores[member];
            Assert.AreEqual(Resp.Integer(0), _keyspace.Run(Invariant($"ZADD z {_scores[member]} {member}")));
            if (i % 100 == 0)
            {
                await _keyspace.Keyspace.CheckpointAsync();
            }
        }

        Expect(Order(), "ZRANGE z 0 -1");
    }

    [TestMethod]
    public async Task RemovalAndAlgebra_LargeZsets_AreRight()
    {
        await FillAsync();
        Assert.AreEqual(Resp.Integer(Members), _keyspace.Run("ZUNIONSTORE d 2 z none WEIGHTS 2 1"));
        Assert.AreEqual(Resp.Integer(Members), _keyspace.Run("ZINTERCARD 2 z d"));
        string[] order = Order();
        Assert.AreEqual(Resp.Integer(300), _keyspace.Run("ZREMRANGEBYRANK z 100 399"));
        Expect([.. order[..100], .. order[400..]], "ZRANGE z 0 -1");
        Expect(order[100..400], "ZDIFF 2 d z");
        string[] removed = [.. order[..100].Concat(order[400..]).Where(member => _scores[member] <= 100)];
        Assert.AreEqual(Resp.Integer(removed.Length), _keyspace.Run("ZREMRANGEBYSCORE z -inf 100"));
        Expect([.. order[..100].Concat(order[400..]).Except(removed)], "ZRANGE z 0 -1");
    }

    [TestMethod]
    public async Task Names_LargeZset_AreFoundBySeeks()
    {
        await FillAsync(score: 1);
        string[] order = [.. _scores.Keys.Order(StringComparer.Ordinal)];
        Expect(order[10..21], $"ZRANGEBYLEX z [{order[10]} [{order[20]}");
        Expect([.. order[10..21].Reverse()], $"ZREVRANGEBYLEX z [{order[20]} [{order[10]}");
        Assert.AreEqual(Resp.Integer(1_000), _keyspace.Run($"ZLEXCOUNT z [{order[500]} ({order[1_500]}"));
        Assert.AreEqual(Resp.Integer(1_000), _keyspace.Run($"ZREMRANGEBYLEX z [{order[500]} ({order[1_500]}"));
        Expect([.. order[..500], .. order[1_500..]], "ZRANGE z 0 -1");
    }

    [TestMethod]
    public async Task Ranges_ByScoreOfMoreThanAnAnswerGathers_AreRight()
    {
        await FillAsync();
        string[] order = Order();
        for (int i = 0; i < 8; i++)
        {
            double low = _random.Next(60);
            double high = low + 130;
            string[] between = [.. order.Where(member => _scores[member] >= low && _scores[member] < high)];
            Assert.IsGreaterThan(1_150, between.Length);
            Expect(between, Invariant($"ZRANGEBYSCORE z {low} ({high}"));
            Expect([.. between.Reverse()], Invariant($"ZREVRANGEBYSCORE z ({high} {low}"));
            Expect(
                [.. between.Reverse().Skip(13).Take(1_100)], Invariant($"ZRANGE z ({high} {low} BYSCORE REV LIMIT 13 1100"));
            Expect(
                [.. between.SelectMany(member => (string[])[member, Invariant($"{_scores[member]}")])],
                Invariant($"ZRANGEBYSCORE z {low} ({high} WITHSCORES"));
        }
    }

    [TestMethod]
    public async Task Ranges_ByNameOfMoreThanAnAnswerGathers_AreRight()
    {
        await FillAsync(score: 1);
        string[] order = [.. _scores.Keys.Order(StringComparer.Ordinal)];
        Expect(order[100..1_801], $"ZRANGEBYLEX z [{order[100]} [{order[1_800]}");
        Expect([.. order[101..1_800].Reverse()], $"ZREVRANGEBYLEX z ({order[1_800]} ({order[100]}");
        Expect(order[107..1_607], $"ZRANGE z [{order[100]} + BYLEX LIMIT 7 1500");
    }

    private async Task FillAsync(double? score = null)
    {
        for (int i = 0; i < Members; i++)
        {
            _scores[$"member-{i}"] = score ?? (_random.Next(800) / 4.0);
        }

        foreach (KeyValuePair<string, double>[] some in _scores.Chunk(100))
        {
            _keyspace.Connection.RunArguments(
                ["ZADD", "z", .. some.SelectMany(pair => (string[])[Invariant($"{pair.Value}"), pair.Key])]);
        }

        await _keyspace.Keyspace.CheckpointAsync();
    }

    private string[] Order() =>
        [.. _scores.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];

    private void Expect(string[] members, string line) => Assert.AreEqual(Resp.Bulks(members), _keyspace.Run(line), line);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
