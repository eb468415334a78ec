using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
[Covers("ZREMRANGEBYLEX", "ZREMRANGEBYRANK")]
public sealed class ZremrangebyscoreTests : ZsetCommandTests
{
    [TestMethod]
    [DataRow("ZREMRANGEBYRANK z 1 -2", 2, "a d", "zremrangebyrank")]
    [DataRow("ZREMRANGEBYRANK z 9 99", 0, "a b c d", null)]
    [DataRow("ZREMRANGEBYSCORE z (0 0", 0, "a b c d", null)]
    [DataRow("ZREMRANGEBYSCORE z 0 +inf", 4, "", "zremrangebyscore")]
    [DataRow("ZREMRANGEBYLEX z (a [c", 2, "a d", "zremrangebylex")]
    [DataRow("ZREMRANGEBYLEX none - +", 0, "a b c d", null)]
    public void Zremrange_Range_IsRemoved(string line, int removed, string left, string? told)
    {
        Given("ZADD z 0 a 0 b 0 c 0 d");
        Expect(Resp.Integer(removed), line);
        string[] events = told is null ? [] : left == "" ? [$"z {told} z", "g del z"] : [$"z {told} z"];
        ExpectEvents(events);
        Expect(Resp.Bulks(left.Split(' ', StringSplitOptions.RemoveEmptyEntries)), "ZRANGE z 0 -1");
    }

    [TestMethod]
    [DataRow("ZREMRANGEBYRANK k 1 x", Resp.NotInteger)]
    [DataRow("ZREMRANGEBYSCORE k 1 x", "-ERR min or max is not a float\r\n")]
    [DataRow("ZREMRANGEBYLEX k 1 x", "-ERR min or max not valid string range item\r\n")]
    [DataRow("ZREMRANGEBYRANK k 0 1", Resp.WrongType)]
    public void Zremrange_Mistakes_AreRefused(string line, string error)
    {
        Given("SET k v");
        Expect(error, line);
    }
}
