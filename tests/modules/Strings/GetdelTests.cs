using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class GetdelTests : CommandTests
{
    [TestMethod]
    public void Getdel_KeyExists_AnswersValueAndDeletes()
    {
        Given("SET k v");
        Expect(Resp.Bulk("v"), "GETDEL k");
        ExpectEvents("g del k");
        Expect(Resp.Nil, "GETDEL k");
        ExpectEvents();
    }

    [TestMethod]
    public void Getdel_Counter_StartsOverAfterwards()
    {
        Given("SET k 10", "INCR k");
        Expect(Resp.Bulk("11"), "GETDEL k");
        Expect(Resp.Integer(1), "INCR k");
    }

    [TestMethod]
    public void Getdel_OtherType_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "GETDEL k");
        Expect(Resp.Integer(1), "EXISTS k");
    }
}
