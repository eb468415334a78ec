using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[Covers("RPUSH", "LPUSHX", "RPUSHX")]
[TestClass]
public sealed class LpushTests : ListCommandTests
{
    [TestMethod]
    public void Push_ManyValues_LieAsIfPushedOneByOne()
    {
        Expect(Resp.Integer(3), "LPUSH l a b c");
        Expect(Resp.Integer(6), "RPUSH l d e f");
        ExpectList("l", "c", "b", "a", "d", "e", "f");
        ExpectEvents("l lpush l", "l rpush l");
    }

    [TestMethod]
    public void Push_EqualEmptyAndBinaryValues_AreElements()
    {
        Expect(Resp.Integer(4), "RPUSH l \"\" \"\" \"\\x00\\xff\\r\\n\" \"\"");
        ExpectList("l", "", "", "\0\u00ff\r\n", "");
    }

    [TestMethod]
    [DataRow("LPUSH")]
    [DataRow("RPUSH")]
    public void Push_MoreValuesThanOneDotNumbers_KeepTheirOrder(string command)
    {
        string[] values = [.. Enumerable.Range(0, 70_000).Select(i => $"{i}")];
        Assert.AreEqual(Resp.Integer(values.Length), Keyspace.Connection.RunArguments([command, "l", .. values]));
        string[] expected = command == "LPUSH" ? [.. values.Reverse()] : values;
        CollectionAssert.AreEqual(expected, RespReading.Strings(Run("LRANGE l 0 -1")));
    }

    [TestMethod]
    public void Pushx_AbsentKey_PushesNothing()
    {
        Expect(Resp.Integer(0), "LPUSHX l a");
        Expect(Resp.Integer(0), "RPUSHX l a b");
        Expect(Resp.Integer(0), "EXISTS l");
        ExpectEvents();
    }

    [TestMethod]
    public void Pushx_List_Pushes()
    {
        Given("RPUSH l a");
        Expect(Resp.Integer(3), "LPUSHX l b c");
        Expect(Resp.Integer(4), "RPUSHX l d");
        ExpectList("l", "c", "b", "a", "d");
        ExpectEvents("l lpush l", "l rpush l");
    }

    [TestMethod]
    [DataRow("LPUSH")]
    [DataRow("RPUSH")]
    [DataRow("LPUSHX")]
    [DataRow("RPUSHX")]
    public void Push_OtherType_IsRefused(string command)
    {
        Given("SET s v");
        Expect(Resp.WrongType, $"{command} s a");
        ExpectEvents();
    }

    [TestMethod]
    public void Push_AfterDelete_BeginsAnew()
    {
        Given("RPUSH l a b", "EXPIRE l 100", "DEL l", "RPUSH l c");
        ExpectList("l", "c");
        Expect(Resp.Integer(-1), "TTL l");
    }

    [TestMethod]
    public async Task Push_AfterRestart_GoesOnAtTheEnds()
    {
        Given("RPUSH l a", "LPUSH l b");
        await Keyspace.CrashAsync();
        Given("RPUSH l c", "LPUSH l d");
        ExpectList("l", "d", "b", "a", "c");
        await Keyspace.ReopenAsync();
        ExpectList("l", "d", "b", "a", "c");
    }
}
