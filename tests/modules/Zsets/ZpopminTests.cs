using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZPOPMAX", "ZMPOP")]
public sealed class ZpopminTests : ZsetCommandTests
{
    [TestMethod]
    public void Zpop_OneOrMany_TakesFromTheEnd()
    {
        Given("ZADD z 1 a 2 b 3 c 4 d 5.5 e");
        Expect(Resp.Bulks("a", "1"), "ZPOPMIN z");
        Expect(Resp.Bulks("e", "5.5", "d", "4"), "ZPOPMAX z 2");
        Expect(Resp.Array(), "ZPOPMIN z 0");
        Expect(Resp.Bulks("b", "2", "c", "3"), "ZPOPMIN z 99");
        Expect(Resp.Array(), "ZPOPMIN z");
        Expect(Resp.Array(), "ZPOPMAX none 3");
        ExpectEvents("z zpopmin z", "z zpopmax z", "z zpopmin z", "g del z");
    }

    [TestMethod]
    public void Zpop_Resp3_AnswersPairsOnlyToACount()
    {
        Given("ZADD z 1 a 2 b 3 c");
        Assert.AreEqual(Resp.Array(Resp.Bulk("a"), Double(1)), Keyspace.Run3("ZPOPMIN z"));
        Assert.AreEqual(Resp.Array(Resp.Array(Resp.Bulk("c"), Double(3))), Keyspace.Run3("ZPOPMAX z 1"));
        Assert.AreEqual(Resp.Array(), Keyspace.Run3("ZPOPMAX none"));
    }

    [TestMethod]
    [DataRow("ZPOPMIN z -1", "-ERR value is out of range, must be positive\r\n")]
    [DataRow("ZPOPMAX z x", "-ERR value is out of range, must be positive\r\n")]
    [DataRow("ZPOPMIN z 1 2", Resp.SyntaxError)]
    [DataRow("ZPOPMIN k", Resp.WrongType)]
    [DataRow("ZMPOP 0 z MIN", "-ERR numkeys should be greater than 0\r\n")]
    [DataRow("ZMPOP x z MIN", "-ERR numkeys should be greater than 0\r\n")]
    [DataRow("ZMPOP 2 z MIN", Resp.SyntaxError)]
    [DataRow("ZMPOP 9223372036854775807 z MIN", Resp.SyntaxError)]
    [DataRow("ZMPOP 1 z FOO", Resp.SyntaxError)]
    [DataRow("ZMPOP 1 z MIN COUNT", Resp.SyntaxError)]
    [DataRow("ZMPOP 1 z MIN COUNT 0", "-ERR count should be greater than 0\r\n")]
    [DataRow("ZMPOP 1 z MIN COUNT 1 COUNT 2", Resp.SyntaxError)]
    [DataRow("ZMPOP 2 none k MIN", Resp.WrongType)]
    public void Zpop_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v");
        Expect(error, line);
    }

    [TestMethod]
    public void Zmpop_Keys_TakesFromTheFirstThereIs()
    {
        Given("ZADD y 1 a 2 b 3 c", "ZADD z 9 z");
        Expect(Resp.Array(Resp.Bulk("y"), Resp.Array(Resp.Bulks("a", "1"))), "ZMPOP 3 none y z MIN");
        Expect(Resp.Array(Resp.Bulk("y"), Resp.Array(Resp.Bulks("c", "3"), Resp.Bulks("b", "2"))), "ZMPOP 2 y z max COUNT 9");
        Assert.AreEqual(
            Resp.Array(Resp.Bulk("z"), Resp.Array(Resp.Array(Resp.Bulk("z"), Double(9)))),
            Keyspace.Run3("ZMPOP 2 y z MAX COUNT 1"));
        Expect(Resp.NilArray, "ZMPOP 2 y z MIN");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("ZMPOP 1 y MIN"));
        ExpectEvents("z zpopmin y", "z zpopmax y", "g del y", "z zpopmax z", "g del z");
    }
}
