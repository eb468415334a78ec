using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class GetexTests : CommandTests
{
    [TestMethod]
    public void Getex_NoOption_IsGet()
    {
        Given("SET k v EX 10");
        Expect(Resp.Bulk("v"), "GETEX k");
        Expect(Resp.Integer(10), "TTL k");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("EX 10", 10_000L)]
    [DataRow("PX 10", 10L)]
    [DataRow("EXAT 1735689700", 100_000L)]
    [DataRow("PXAT 1735689600500", 500L)]
    public void Getex_Expiry_SetsDeadline(string option, long left)
    {
        Given("SET k v");
        Expect(Resp.Bulk("v"), $"GETEX k {option}");
        Expect(Resp.Integer(left), "PTTL k");
        ExpectEvents("g expire k");
    }

    [TestMethod]
    public void Getex_Persist_DropsDeadline()
    {
        Given("SET k v EX 10");
        Expect(Resp.Bulk("v"), "GETEX k PERSIST");
        Expect(Resp.Integer(-1), "TTL k");
        ExpectEvents("g persist k");
        Expect(Resp.Bulk("v"), "GETEX k persist");
        ExpectEvents();
    }

    [TestMethod]
    public void Getex_DeadlineInPast_Deletes()
    {
        Given("SET k v");
        Expect(Resp.Bulk("v"), "GETEX k EXAT 1");
        Expect(Resp.Integer(0), "EXISTS k");
        ExpectEvents("g del k");
    }

    [TestMethod]
    [DataRow("PERSIST EX 10")]
    [DataRow("EX 10 PERSIST")]
    [DataRow("EX 10 PX 10")]
    [DataRow("EX")]
    [DataRow("KEEPTTL")]
    [DataRow("NX")]
    [DataRow("GET")]
    public void Getex_OptionsThatMakeNoSense_AreSyntaxErrors(string options) =>
        Expect(Resp.SyntaxError, $"GETEX k {options}");

    [TestMethod]
    public void Getex_BadTime_IsSeenOnlyWhenTheKeyExists()
    {
        Expect(Resp.Nil, "GETEX k EX 0");
        Given("SET k v", "BAG.PUT bag a 1");
        Expect(Resp.Error("ERR invalid expire time in 'getex' command"), "GETEX k EX 0");
        Expect(Resp.NotInteger, "GETEX k PX x");
        Expect(Resp.WrongType, "GETEX bag EX 0");
    }

    [TestMethod]
    public void Getex_Counter_AnswersItsValue()
    {
        Given("INCR k");
        Expect(Resp.Bulk("1"), "GETEX k EX 10");
        Expect(Resp.Integer(2), "INCR k");
        Expect(Resp.Integer(10), "TTL k");
    }
}
