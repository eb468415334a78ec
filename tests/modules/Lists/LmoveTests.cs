using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[Covers("RPOPLPUSH")]
[TestClass]
public sealed class LmoveTests : ListCommandTests
{
    [TestMethod]
    [DataRow("LEFT", "LEFT", "a", "b c", "a x")]
    [DataRow("left", "RIGHT", "a", "b c", "x a")]
    [DataRow("RIGHT", "LEFT", "c", "a b", "c x")]
    [DataRow("RIGHT", "right", "c", "a b", "x c")]
    public void Lmove_Ends_MovesBetweenThem(string from, string to, string moved, string source, string destination)
    {
        Given("RPUSH l a b c", "RPUSH m x");
        Expect(Resp.Bulk(moved), $"LMOVE l m {from} {to}");
        string[] events = [$"l {to.ToLowerInvariant()[0]}push m", $"l {from.ToLowerInvariant()[0]}pop l"];
        ExpectEvents(events);
        ExpectList("l", source.Split(' '));
        ExpectList("m", destination.Split(' '));
    }

    [TestMethod]
    public void Lmove_LastElement_RemovesTheSource()
    {
        Given("RPUSH l a");
        Expect(Resp.Bulk("a"), "LMOVE l m LEFT LEFT");
        ExpectEvents("l lpush m", "l lpop l", "g del l");
    }

    [TestMethod]
    public void Lmove_OneList_TurnsItRound()
    {
        Given("RPUSH l a b c", "EXPIRE l 100");
        Expect(Resp.Bulk("c"), "RPOPLPUSH l l");
        Expect(Resp.Bulk("c"), "LMOVE l l LEFT LEFT");
        Expect(Resp.Bulk("c"), "LMOVE l l LEFT RIGHT");
        ExpectList("l", "a", "b", "c");
        Given("LTRIM l 0 0");
        Expect(Resp.Bulk("a"), "RPOPLPUSH l l");
        ExpectList("l", "a");
        Expect(Resp.Integer(100), "TTL l");
    }

    [TestMethod]
    public void Lmove_Mistakes_AreFoundInRedissOrder()
    {
        Given("RPUSH l a", "SET s v");
        Expect(Resp.Nil, "LMOVE none s LEFT LEFT");
        Expect(Resp.WrongType, "LMOVE s l LEFT LEFT");
        Expect(Resp.WrongType, "LMOVE l s LEFT LEFT");
        Expect(Resp.WrongType, "RPOPLPUSH l s");
        Expect(Resp.Nil, "RPOPLPUSH none l");
        Expect(Resp.Error("ERR syntax error"), "LMOVE s s UP LEFT");
        Expect(Resp.Error("ERR syntax error"), "LMOVE s s LEFT DOWN");
        ExpectEvents();
        ExpectList("l", "a");
    }
}
