using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZMSCORE", "ZCARD")]
public sealed class ZscoreTests : ZsetCommandTests
{
    [TestMethod]
    public void Zscore_Member_AnswersItsScore()
    {
        Given("ZADD z 1.5 a -inf b");
        Expect(Resp.Bulk("1.5"), "ZSCORE z a");
        Expect(Resp.Nil, "ZSCORE z none");
        Expect(Resp.Nil, "ZSCORE none a");
        Assert.AreEqual(Double(1.5), Keyspace.Run3("ZSCORE z a"));
        Assert.AreEqual(",-inf\r\n", Keyspace.Run3("ZSCORE z b"));
        Assert.AreEqual(Resp.Null, Keyspace.Run3("ZSCORE z none"));
    }

    [TestMethod]
    public void Zmscore_Members_AnswersEach()
    {
        Given("ZADD z 1 a 2 b");
        Expect(Resp.Bulks("2", null, "1"), "ZMSCORE z b none a");
        Expect(Resp.Bulks(null, null), "ZMSCORE none a b");
        Assert.AreEqual(Resp.Array(Double(2), Resp.Null), Keyspace.Run3("ZMSCORE z b none"));
    }

    [TestMethod]
    public void Zcard_Zset_AnswersItsSize()
    {
        Given("ZADD z 1 a 2 b");
        Expect(Resp.Integer(2), "ZCARD z");
        Expect(Resp.Integer(0), "ZCARD none");
    }

    [TestMethod]
    [DataRow("ZSCORE k a")]
    [DataRow("ZMSCORE k a")]
    [DataRow("ZCARD k")]
    public void Reads_OtherType_AreRefused(string line)
    {
        Given("SET k v");
        Expect(Resp.WrongType, line);
    }
}
