using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LinsertTests : ListCommandTests
{
    [TestMethod]
    public void Linsert_Pivot_InsertsBesideTheFirstThatEqualsIt()
    {
        Given("RPUSH l a b a");
        Expect(Resp.Integer(4), "LINSERT l BEFORE a w");
        Expect(Resp.Integer(5), "LINSERT l after a x");
        Expect(Resp.Integer(6), "LINSERT l AFTER b y");
        Expect(Resp.Integer(7), "LINSERT l BEFORE b z");
        ExpectList("l", "w", "a", "x", "z", "b", "y", "a");
        ExpectEvents("l linsert l", "l linsert l", "l linsert l", "l linsert l");
    }

    [TestMethod]
    public void Linsert_AtTheEnds_LeavesRoomForPushes()
    {
        Given("RPUSH l a", "LINSERT l AFTER a b", "LINSERT l BEFORE a c", "RPUSH l d", "LPUSH l e");
        ExpectList("l", "e", "c", "a", "b", "d");
    }

    [TestMethod]
    public void Linsert_ManyAtOnePivot_KeepsTheOrder()
    {
        Given("RPUSH l a b");
        var expected = new List<string> { "a", "b" };
        for (int i = 0; i < 500; i++)
        {
            Given($"LINSERT l AFTER a {i}");
            expected.Insert(1, $"{i}");
        }

        ExpectList("l", [.. expected]);
    }

    [TestMethod]
    public void Linsert_AlwaysBetweenTheLastTwo_IsRefusedAtLast_DiffersFromRedis()
    {
        Given("RPUSH l a b");
        string reply = Resp.Integer(0);
        int inserts = 0;
        for (string left = "a", right = "b"; reply[0] == ':' && inserts < 2_000; inserts++)
        {
            string value = $"{inserts}";
            reply = Run(inserts % 2 == 0 ? $"LINSERT l AFTER {left} {value}" : $"LINSERT l BEFORE {right} {value}");
            (left, right) = inserts % 2 == 0 ? (left, value) : (value, right);
        }

        Assert.AreEqual(Resp.Error("ERR too many inserts between the same two elements; push the list anew"), reply);
        Expect(Resp.Integer(inserts + 1), "LLEN l");
    }

    [TestMethod]
    public void Linsert_NoPivotNoListNoSense_IsAnsweredAsInRedis()
    {
        Given("RPUSH l a", "SET s v");
        Expect(Resp.Integer(-1), "LINSERT l AFTER x y");
        Expect(Resp.Integer(0), "LINSERT none AFTER x y");
        Expect(Resp.WrongType, "LINSERT s AFTER x y");
        Expect(Resp.Error("ERR syntax error"), "LINSERT s BESIDE x y");
        ExpectEvents();
    }
}
