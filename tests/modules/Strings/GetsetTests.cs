using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class GetsetTests : CommandTests
{
    [TestMethod]
    public void Getset_KeyExists_AnswersOldValueAndDropsDeadline()
    {
        Given("SET k a EX 10");
        Expect(Resp.Bulk("a"), "GETSET k b");
        Expect(Resp.Bulk("b"), "GET k");
        Expect(Resp.Integer(-1), "TTL k");
        ExpectEvents("$ set k");
    }

    [TestMethod]
    public void Getset_KeyAbsent_AnswersNil()
    {
        Expect(Resp.Nil, "GETSET k b");
        Expect(Resp.Bulk("b"), "GET k");
    }

    [TestMethod]
    public void Getset_Counter_AnswersItsValueAndResetsIt()
    {
        Given("INCRBY k 5");
        Expect(Resp.Bulk("5"), "GETSET k 0");
        Expect(Resp.Integer(1), "INCR k");
    }

    [TestMethod]
    public void Getset_OtherType_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "GETSET k b");
        Expect(Resp.Simple("bag"), "TYPE k");
    }
}
