using Marekvs.Modules.Lists;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

/// <summary>Lists larger than memory, compared with a list that is not.</summary>
[TestClass]
public sealed class LargeListTests : IAsyncDisposable
{
    private const int Elements = 2_000;

    private readonly Random _random = new(11);
    private readonly List<string> _model = [];
    private readonly KeyspaceRunner _keyspace = new(
        new RunnerSettings(Shards: 1, MemoryMax: 96 * 1024, ResidentElementsMax: 50),
        new SortedStore(),
        new ListsModule());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _keyspace.DisposeAsync();

    [TestMethod]
    public async Task Ranges_AnywhereInTheList_AreRight()
    {
        await FillAsync();
        ExpectAll();
        for (int i = 0; i < 100; i++)
        {
            int from = _random.Next(Elements);
            int to = _random.Next(from, Math.Min(Elements, from + 80));
            Expect(_model[from..(to + 1)], $"LRANGE l {from} {to}");
            Expect(_model[from..(to + 1)], $"LRANGE l {from - Elements} {to - Elements}");
            Assert.AreEqual(Resp.Bulk(_model[from]), _keyspace.Run($"LINDEX l {from}"));
            Assert.AreEqual(Resp.Bulk(_model[from]), _keyspace.Run($"LINDEX l {from - Elements}"));
        }

        Assert.AreEqual(Resp.Integer(1_234), _keyspace.Run($"LPOS l {_model[1_234]}"));
    }

    [TestMethod]
    public async Task Changes_AtRandom_LeaveTheOrderRight()
    {
        await FillAsync();
        for (int i = 0; i < 900; i++)
        {
            Change(i);
            if (i % 100 == 99)
            {
                await _keyspace.Keyspace.CheckpointAsync();
                ExpectAll();
            }
        }

        Assert.AreEqual(Resp.Integer(_model.Count), _keyspace.Run("LLEN l"));
        await _keyspace.CrashAsync();
        ExpectAll();
    }

    [TestMethod]
    public async Task Trim_ToTheMiddle_LeavesTheMiddle()
    {
        await FillAsync();
        Assert.AreEqual(Resp.Ok, _keyspace.Run("LTRIM l 700 1299"));
        _model.RemoveRange(1_300, 700);
        _model.RemoveRange(0, 700);
        ExpectAll();
        await _keyspace.CrashAsync();
        ExpectAll();
    }

    [TestMethod]
    public async Task Queue_ThroughAListOnDisk_KeepsTheOrder()
    {
        await FillAsync();
        for (int i = 0; i < 3 * Elements; i++)
        {
            Assert.AreEqual(Resp.Integer(Elements + 1), _keyspace.Run($"RPUSH l job-{i}"));
            _model.Add($"job-{i}");
            Assert.AreEqual(Resp.Bulk(_model[i]), _keyspace.Run("LPOP l"));
            if (i % 500 == 0)
            {
                await _keyspace.Keyspace.CheckpointAsync();
            }
        }

        _model.RemoveRange(0, 3 * Elements);
        ExpectAll();
    }

    private void Change(int step)
    {
        int at = _random.Next(_model.Count);
        string value = $"new-{step}";
        switch (_random.Next(8))
        {
            case 0:
                Assert.AreEqual(Resp.Bulk(_model[0]), _keyspace.Run("LPOP l"));
                _model.RemoveAt(0);
                break;
            case 1:
                Assert.AreEqual(Resp.Bulk(_model[^1]), _keyspace.Run("RPOP l"));
                _model.RemoveAt(_model.Count - 1);
                break;
            case 2:
                Assert.AreEqual(Resp.Integer(_model.Count + 1), _keyspace.Run($"LPUSH l {value}"));
                _model.Insert(0, value);
                break;
            case 3:
                Assert.AreEqual(Resp.Integer(_model.Count + 1), _keyspace.Run($"RPUSH l {value}"));
                _model.Add(value);
                break;
            case 4:
                Assert.AreEqual(Resp.Ok, _keyspace.Run($"LSET l {at} {value}"));
                _model[at] = value;
                break;
            case 5:
                Assert.AreEqual(Resp.Integer(1), _keyspace.Run($"LREM l 1 {_model[at]}"));
                _model.RemoveAt(at);
                break;
            case 6:
                Assert.AreEqual(
                    Resp.Integer(_model.Count + 1), _keyspace.Run($"LINSERT l BEFORE {_model[at]} {value}"));
                _model.Insert(at, value);
                break;
            default:
                Assert.AreEqual(
                    Resp.Integer(_model.Count + 1), _keyspace.Run($"LINSERT l AFTER {_model[at]} {value}"));
                _model.Insert(at + 1, value);
                break;
        }
    }

    private async Task FillAsync()
    {
        foreach (string[] some in Enumerable.Range(0, Elements).Select(i => $"value-{i}").Chunk(100))
        {
            _keyspace.Connection.RunArguments(["RPUSH", "l", .. some]);
            _model.AddRange(some);
        }

        await _keyspace.Keyspace.CheckpointAsync();
    }

    private void ExpectAll() => Expect(_model, "LRANGE l 0 -1");

    private void Expect(IEnumerable<string> values, string line) =>
        Assert.AreEqual(Resp.Bulks([.. values]), _keyspace.Run(line), line);
}
