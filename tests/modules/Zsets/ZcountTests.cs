using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>Counts agree with ranges: see <see cref="ZrangeTests"/>.</summary>
[TestClass]
[Covers("ZLEXCOUNT")]
public sealed class ZcountTests : ZsetCommandTests
{
    [TestMethod]
    [DataRow("ZCOUNT none -inf inf", ":0\r\n")]
    [DataRow("ZLEXCOUNT none - +", ":0\r\n")]
    [DataRow("ZCOUNT k 0 x", "-ERR min or max is not a float\r\n")]
    [DataRow("ZLEXCOUNT k 0 x", "-ERR min or max not valid string range item\r\n")]
    [DataRow("ZCOUNT k 0 1", Resp.WrongType)]
    [DataRow("ZLEXCOUNT k - +", Resp.WrongType)]
    public void Zcount_NoZset_SaysSo(string line, string reply)
    {
        Given("SET k v");
        Expect(reply, line);
    }

    /// <summary>Where scores differ Redis goes from the first member not below the minimum to the last before one
    /// beyond the maximum.</summary>
    [TestMethod]
    public void Zlexcount_ScoresDiffer_CountsTheRunThatRedisFinds()
    {
        Given("ZADD z 1 b 1 d 2 a 2 c 2 e 3 bb");
        Expect(Resp.Bulks("b", "d", "a", "c"), "ZRANGEBYLEX z [b [d");
        Expect(Resp.Integer(4), "ZLEXCOUNT z [b [d");
        Expect(Resp.Integer(1), "ZLEXCOUNT z - (c");
        Expect(Resp.Integer(0), "ZLEXCOUNT z [c [e");
        Expect(Resp.Integer(4), "ZREMRANGEBYLEX z [b [d");
        ExpectZset("z", "e", "2", "bb", "3");
    }
}
