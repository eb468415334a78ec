using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LtrimTests : ListCommandTests
{
    [TestMethod]
    [DataRow("0", "-1", "a b c d e")]
    [DataRow("1", "3", "b c d")]
    [DataRow("-2", "100", "d e")]
    [DataRow("-100", "0", "a")]
    public void Ltrim_Range_KeepsWhatLiesWithin(string first, string last, string kept)
    {
        Given("RPUSH l a b c d e");
        Expect(Resp.Ok, $"LTRIM l {first} {last}");
        ExpectEvents("l ltrim l");
        ExpectList("l", kept.Split(' '));
    }

    [TestMethod]
    [DataRow("5", "10")]
    [DataRow("3", "2")]
    [DataRow("0", "-6")]
    public void Ltrim_NothingWithin_RemovesTheKey(string first, string last)
    {
        Given("RPUSH l a b c d e");
        Expect(Resp.Ok, $"LTRIM l {first} {last}");
        ExpectEvents("l ltrim l", "g del l");
        Expect(Resp.Integer(0), "EXISTS l");
    }

    [TestMethod]
    public void Ltrim_CappedList_StaysAtItsLength()
    {
        for (int i = 0; i < 300; i++)
        {
            Given($"LPUSH l {i}", "LTRIM l 0 9");
        }

        ExpectList("l", [.. Enumerable.Range(290, 10).Reverse().Select(i => $"{i}")]);
    }

    [TestMethod]
    public void Ltrim_Mistakes_AreFoundInRedissOrder()
    {
        Given("SET s v");
        Expect(Resp.Ok, "LTRIM none 0 1");
        Expect(Resp.WrongType, "LTRIM s 0 1");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LTRIM s 0 x");
    }
}
