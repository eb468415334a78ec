using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[Covers("PSETEX")]
[TestClass]
public sealed class SetexTests : CommandTests
{
    [TestMethod]
    public void Setex_ValidTime_SetsValueAndDeadline()
    {
        Expect(Resp.Ok, "SETEX k 10 v");
        Expect(Resp.Integer(10_000), "PTTL k");
        Expect(Resp.Bulk("v"), "GET k");
        ExpectEvents("$ set k", "g expire k");
    }

    [TestMethod]
    public void Psetex_ValidTime_SetsValueAndDeadline()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.Ok, "PSETEX k 1500 v");
        Expect(Resp.Integer(1_500), "PTTL k");
        Expect(Resp.Bulk("v"), "GET k");
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("-10")]
    [DataRow("9223372036854775807")]
    public void Setex_TimeOutOfRange_IsRefused(string time)
    {
        Expect(Resp.Error("ERR invalid expire time in 'setex' command"), $"SETEX k {time} v");
        Expect(Resp.Error("ERR invalid expire time in 'psetex' command"), $"PSETEX k {time} v");
        Expect(Resp.Integer(0), "EXISTS k");
    }

    [TestMethod]
    public void Setex_TimeNoInteger_IsRefused()
    {
        Expect(Resp.NotInteger, "SETEX k 1.0 v");
        Expect(Resp.NotInteger, "PSETEX k x v");
    }
}
