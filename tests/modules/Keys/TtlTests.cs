using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("PTTL", "EXPIRETIME", "PEXPIRETIME")]
[TestClass]
public sealed class TtlTests : CommandTests
{
    [TestMethod]
    [DataRow("TTL")]
    [DataRow("PTTL")]
    [DataRow("EXPIRETIME")]
    [DataRow("PEXPIRETIME")]
    public void Ttl_NoKeyOrNoDeadline_AnswersNegative(string command)
    {
        Given("SET k v");
        Expect(Resp.Integer(-2), $"{command} none");
        Expect(Resp.Integer(-1), $"{command} k");
    }

    [TestMethod]
    [DataRow(1_499L, 1L)]
    [DataRow(1_500L, 2L)]
    [DataRow(499L, 0L)]
    [DataRow(500L, 1L)]
    public void Ttl_Fractions_AreRounded(long milliseconds, long seconds)
    {
        Given($"SET k v PX {milliseconds}");
        Expect(Resp.Integer(milliseconds), "PTTL k");
        Expect(Resp.Integer(seconds), "TTL k");
    }

    [TestMethod]
    public void Expiretime_Deadline_IsAnsweredInItsUnit()
    {
        Given("SET k v PXAT 1900000000500");
        Expect(Resp.Integer(1_900_000_001), "EXPIRETIME k");
        Expect(Resp.Integer(1_900_000_000_500), "PEXPIRETIME k");
    }
}
