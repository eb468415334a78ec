using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LremTests : ListCommandTests
{
    [TestMethod]
    [DataRow("0", 3, "b c")]
    [DataRow("2", 2, "b c a")]
    [DataRow("-2", 2, "a b c")]
    [DataRow("100", 3, "b c")]
    [DataRow("-9223372036854775808", 3, "b c")]
    public void Lrem_Count_RemovesFromTheEndItNames(string count, int removed, string left)
    {
        Given("RPUSH l a b a c a");
        Expect(Resp.Integer(removed), $"LREM l {count} a");
        ExpectEvents("l lrem l");
        ExpectList("l", left.Split(' '));
    }

    [TestMethod]
    public void Lrem_Last_RemovesTheKey()
    {
        Given("RPUSH l a a");
        Expect(Resp.Integer(2), "LREM l 0 a");
        ExpectEvents("l lrem l", "g del l");
        Expect(Resp.Integer(0), "EXISTS l");
    }

    [TestMethod]
    public void Lrem_Nothing_TellsNothing()
    {
        Given("RPUSH l a", "SET s v");
        Expect(Resp.Integer(0), "LREM l 0 x");
        Expect(Resp.Integer(0), "LREM none 0 x");
        Expect(Resp.WrongType, "LREM s 0 x");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LREM s x x");
        ExpectEvents();
    }
}
