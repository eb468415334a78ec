using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("SORT_RO")]
[TestClass]
public sealed class SortTests : CommandTests
{
    [TestMethod]
    [DataRow("", "1 2 10 30")]
    [DataRow("DESC", "30 10 2 1")]
    [DataRow("DESC ASC", "1 2 10 30")]
    [DataRow("ALPHA", "1 10 2 30")]
    [DataRow("alpha desc", "30 2 10 1")]
    [DataRow("LIMIT 1 2", "2 10")]
    [DataRow("LIMIT -5 2", "1 2")]
    [DataRow("LIMIT 2 -1", "10 30")]
    [DataRow("LIMIT 4 2", "")]
    [DataRow("LIMIT 0 0", "")]
    [DataRow("LIMIT 9223372036854775807 9223372036854775807", "")]
    [DataRow("BY nosort", "10 1 30 2")]
    [DataRow("BY nosort DESC", "2 30 1 10")]
    [DataRow("BY nosort DESC LIMIT 1 2", "30 1")]
    public void Sort_List_IsSortedAsAsked(string options, string expected)
    {
        Given("RPUSH l 10 1 30 2");
        string[] values = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Expect(Resp.Bulks(values), $"SORT l {options}");
        Expect(Resp.Bulks(values), $"SORT_RO l {options}");
    }

    [TestMethod]
    public void Sort_SetsAndSortedSets_AreSortedToo()
    {
        Given("SADD s 3 1 2", "ZADD z 1 30 2 20 3 10");
        Expect(Resp.Bulks("1", "2", "3"), "SORT s");
        Expect(Resp.Bulks("10", "20", "30"), "SORT z");
        Expect(Resp.Bulks("30", "20", "10"), "SORT z BY nosort");
        Expect(Resp.Bulks("10", "20"), "SORT z BY nosort DESC LIMIT 0 2");
        Expect(Resp.Array(), "SORT none");
    }

    [TestMethod]
    public void Sort_ByKeys_ComparesTheirValues()
    {
        Given("RPUSH l a b c", "MSET w_a 3 w_b 1 w_c 2");
        Expect(Resp.Bulks("b", "c", "a"), "SORT l BY w_*");
        Given("DEL w_c", "INCRBY w_c 7");
        Expect(Resp.Bulks("b", "a", "c"), "SORT l BY w_*");
        Given("HSET h_a n 1", "HSET h_b n 3", "HINCRBY h_c n 2");
        Expect(Resp.Bulks("b", "c", "a"), "SORT l BY h_*->n DESC");
        Expect(Resp.Bulks("a", "b", "c"), "SORT l BY missing_*");
    }

    [TestMethod]
    public void Sort_Get_AnswersWhatPatternsNameOfEach()
    {
        Given("RPUSH l 2 1", "MSET n_1 one n_2 two", "HSET h_1 f eins", "SADD x_1 m");
        Expect(Resp.Bulks("1", "one", "eins", "2", "two", null), "SORT l GET # GET n_* GET h_*->f");
        Expect(Resp.Bulks(null, null), "SORT l GET constant");
        Expect(Resp.Bulks(null, null), "SORT l GET x_*");
        Expect(Resp.Bulks(null, null), "SORT l GET n_*->f");
        Assert.AreEqual("*2\r\n_\r\n_\r\n", Keyspace.Run3("SORT l GET x_*->"));
    }

    [TestMethod]
    public void Sort_Store_ReplacesTheDestinationByAList()
    {
        Given("RPUSH l 2 1 3", "SET d v EX 100", "SET n_1 one");
        Expect(Resp.Integer(3), "SORT l STORE d");
        ExpectEvents("l sortstore d");
        Expect(Resp.Bulks("1", "2", "3"), "LRANGE d 0 -1");
        Expect(Resp.Integer(-1), "TTL d");
        Expect(Resp.Integer(6), "SORT l GET # GET n_* STORE l");
        Expect(Resp.Bulks("1", "one", "2", "", "3", ""), "LRANGE l 0 -1");
        Expect(Resp.Integer(0), "SORT none STORE d");
        Expect(Resp.Integer(0), "SORT none STORE other");
        ExpectEvents("l sortstore l", "g del d");
    }

    [TestMethod]
    public void Sort_SetStoredUnsorted_IsStoredInAlphabeticalOrder()
    {
        Given("SADD s c a b 10 9");
        Expect(Resp.Integer(5), "SORT s BY nosort STORE d");
        Expect(Resp.Bulks("10", "9", "a", "b", "c"), "LRANGE d 0 -1");
    }

    [TestMethod]
    [DataRow("a", false)]
    [DataRow("1e400", false)]
    [DataRow("nan", false)]
    [DataRow("1 ", false)]
    [DataRow(" 1", true)]
    [DataRow("", true)]
    [DataRow("inf", true)]
    [DataRow("0x10", true)]
    public void Sort_NoNumber_IsRefused(string value, bool isNumber)
    {
        Keyspace.Connection.RunArguments("RPUSH", "l", "1", value);
        string reply = Run("SORT l");
        Assert.AreEqual(isNumber, reply[0] == '*');
        Assert.IsTrue(isNumber || reply == Resp.Error("ERR One or more scores can't be converted into double"), reply);
        Assert.AreEqual('*', Run("SORT l ALPHA")[0]);
    }

    [TestMethod]
    [DataRow("SORT s", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("SORT h", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("SORT s FOO", "ERR syntax error")]
    [DataRow("SORT s BY", "ERR syntax error")]
    [DataRow("SORT s LIMIT 1", "ERR syntax error")]
    [DataRow("SORT s LIMIT x 1", "ERR value is not an integer or out of range")]
    [DataRow("SORT_RO s STORE d", "ERR syntax error")]
    public void Sort_Mistake_IsRedissError(string line, string error)
    {
        Given("SET s v", "HSET h f v");
        Expect(Resp.Error(error), line);
    }

    [TestMethod]
    public async Task Sort_KeysOnDisk_AreReadWhereverTheyAre()
    {
        string[] values = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];
        Keyspace.Connection.RunArguments(["RPUSH", "l", .. values]);
        foreach (string value in values)
        {
            Given($"SET w_{value} -{value}", $"HSET h_{value} f {value}{value}");
        }

        await Keyspace.ReopenAsync();
        Expect(
            Resp.Bulks([.. values.Reverse().Take(10).SelectMany(value => new[] { value, value + value })]),
            "SORT l BY w_* LIMIT 0 10 GET # GET h_*->f");
    }

    [TestMethod]
    public async Task Sort_Store_ServesWhoWaitsForTheList()
    {
        Task<string> waiting = Keyspace.Connect().Start("BLPOP d 0");
        Given("RPUSH l 2 1", "SORT l STORE d");
        Assert.AreEqual(Resp.Bulks("d", "1"), await waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
