using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class GetTests : CommandTests
{
    [TestMethod]
    public void Get_KeyAbsent_AnswersNil()
    {
        Expect(Resp.Nil, "GET k");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("GET k"));
    }

    [TestMethod]
    public void Get_AnyBytes_AnswersThem()
    {
        Given("""SET k "a\r\n\x00\xff b" """);
        Expect(Resp.Bulk("a\r\n\0\u00ff b"), "GET k");
    }

    [TestMethod]
    public void Get_EmptyValueAndEmptyKey_AreValues()
    {
        Given("""SET "" "" """);
        Expect(Resp.Bulk(""), """GET "" """);
    }

    [TestMethod]
    public void Get_Counter_AnswersBaseAndIncrements()
    {
        Given("SET k 40", "INCR k", "INCR k");
        Expect(Resp.Bulk("42"), "GET k");
    }

    [TestMethod]
    public void Get_OtherType_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "GET k");
    }

    [TestMethod]
    public void Get_PastDeadline_AnswersNil()
    {
        Given("SET k v PX 1000");
        Keyspace.Advance(999);
        Expect(Resp.Bulk("v"), "GET k");
        Keyspace.Advance(1);
        Expect(Resp.Nil, "GET k");
    }
}
