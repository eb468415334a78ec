using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SmoveTests : SetCommandTests
{
    [TestMethod]
    public void Smove_Member_GoesToTheOtherSet()
    {
        Given("SADD a x y", "SADD b z");
        Expect(Resp.Integer(1), "SMOVE a b x");
        ExpectEvents("s srem a", "s sadd b");
        Expect(Resp.Bulks("y"), "SMEMBERS a");
        ExpectMembers(["x", "z"], "SMEMBERS b");
    }

    [TestMethod]
    public void Smove_LastMember_RemovesTheSource()
    {
        Given("SADD a x", "SADD b x");
        Expect(Resp.Integer(1), "SMOVE a b x");
        ExpectEvents("s srem a", "g del a");
        Expect(Resp.Integer(0), "EXISTS a");
    }

    [TestMethod]
    public void Smove_AbsentDestination_IsMade()
    {
        Given("SADD a x y");
        Expect(Resp.Integer(1), "SMOVE a b x");
        ExpectEvents("s srem a", "s sadd b");
    }

    [TestMethod]
    public void Smove_NoSuchMember_MovesNothing()
    {
        Given("SADD a x");
        Expect(Resp.Integer(0), "SMOVE a b y");
        Expect(Resp.Integer(0), "SMOVE none b y");
        Expect(Resp.Integer(0), "SMOVE a a y");
        Expect(Resp.Integer(1), "SMOVE a a x");
        ExpectEvents();
        Expect(Resp.Bulks("x"), "SMEMBERS a");
    }

    [TestMethod]
    public void Smove_OtherType_IsRefusedUnlessTheSourceIsAbsent()
    {
        Given("SADD a x", "SET k v");
        Expect(Resp.WrongType, "SMOVE a k y");
        Expect(Resp.WrongType, "SMOVE k a x");
        Expect(Resp.Integer(0), "SMOVE none k x");
        Expect(Resp.Bulks("x"), "SMEMBERS a");
    }
}
