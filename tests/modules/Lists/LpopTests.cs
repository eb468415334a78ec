using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[Covers("RPOP")]
[TestClass]
public sealed class LpopTests : ListCommandTests
{
    [TestMethod]
    public void Pop_Element_TakesItFromItsEnd()
    {
        Given("RPUSH l a b c");
        Expect(Resp.Bulk("a"), "LPOP l");
        Expect(Resp.Bulk("c"), "RPOP l");
        Expect(Resp.Bulk("b"), "LPOP l");
        Expect(Resp.Nil, "LPOP l");
        ExpectEvents("l lpop l", "l rpop l", "l lpop l", "g del l");
    }

    [TestMethod]
    public void Pop_Count_TakesSoManyOutermostFirst()
    {
        Given("RPUSH l a b c d e");
        Expect(Resp.Array(Resp.Bulk("a"), Resp.Bulk("b")), "LPOP l 2");
        Expect(Resp.Array(Resp.Bulk("e"), Resp.Bulk("d")), "RPOP l 2");
        Expect(Resp.Array(Resp.Bulk("c")), "RPOP l 9223372036854775807");
        ExpectEvents("l lpop l", "l rpop l", "l rpop l", "g del l");
    }

    [TestMethod]
    public void Pop_CountZero_AnswersEmptyArray()
    {
        Given("RPUSH l a");
        Expect(Resp.Array(), "LPOP l 0");
        Expect(Resp.NilArray, "LPOP none 0");
        Expect(Resp.NilArray, "RPOP none 1");
        ExpectEvents();
    }

    [TestMethod]
    public void Pop_AbsentKeyInResp3_AnswersNull()
    {
        Assert.AreEqual("_\r\n", Keyspace.Run3("LPOP none"));
        Assert.AreEqual("_\r\n", Keyspace.Run3("LPOP none 1"));
    }

    [TestMethod]
    [DataRow("-1")]
    [DataRow("x")]
    [DataRow("9223372036854775808")]
    public void Pop_BadCount_IsRefusedWhateverTheKey(string count)
    {
        Given("SET s v");
        Expect(Resp.Error("ERR value is out of range, must be positive"), $"LPOP s {count}");
        Expect(Resp.Error("ERR value is out of range, must be positive"), $"RPOP none {count}");
    }

    [TestMethod]
    public void Pop_Mistakes_AreRedissErrors()
    {
        Given("SET s v");
        Expect(Resp.WrongType, "LPOP s");
        Expect(Resp.WrongType, "RPOP s 1");
        Expect(Resp.Error("ERR wrong number of arguments for 'lpop' command"), "LPOP s 1 2");
        Expect(Resp.Error("ERR wrong number of arguments for 'rpop' command"), "RPOP s 1 2");
    }

    [TestMethod]
    public void Pop_LastElement_TakesTheTimeToLiveWithIt()
    {
        Given("RPUSH l a", "EXPIRE l 100", "LPOP l", "RPUSH l b");
        Expect(Resp.Integer(-1), "TTL l");
    }
}
