using Marekvs.Testing;

namespace Marekvs.Modules.Tests.HyperLogLogs;

[TestClass]
public sealed class PfaddTests : CommandTests
{
    private const string Invalid = "WRONGTYPE Key is not a valid HyperLogLog string value.";

    [TestMethod]
    public void Pfadd_Elements_TellsWhetherTheEstimateChanged()
    {
        Expect(Resp.Integer(1), "PFADD p a b c");
        Expect(Resp.Integer(0), "PFADD p a b");
        Expect(Resp.Integer(1), "PFADD p d");
        ExpectEvents("$ pfadd p", "$ pfadd p");
        Expect(Resp.Integer(4), "PFCOUNT p");
    }

    [TestMethod]
    public void Pfadd_NoElements_CreatesTheKey()
    {
        Expect(Resp.Integer(1), "PFADD p");
        Expect(Resp.Integer(0), "PFADD p");
        Expect(Resp.Bulk("HYLL\x01\0\0\0\0\0\0\0\0\0\0\u0080\u007f\u00ff"), "GET p");
        Expect(Resp.Simple("string"), "TYPE p");
        ExpectEvents("$ pfadd p");
    }

    [TestMethod]
    public void Pfadd_ExistingKey_KeepsItsDeadline()
    {
        Given("PFADD p a", "EXPIRE p 100", "PFADD p b");
        Expect(Resp.Integer(100), "TTL p");
    }

    [TestMethod]
    public void Pfadd_DeletedKey_StartsAnew()
    {
        Given("PFADD p x", "DEL p", "PFADD p x");
        Expect(Resp.Integer(1), "PFCOUNT p");
    }

    [TestMethod]
    [DataRow("SET k v")]
    [DataRow("SET k HYLL")]
    [DataRow("SET k \"HYLL\\x02123456789012\"")]
    [DataRow("SET k \"HYLL\\x00123456789012\"")]
    [DataRow("INCR k")]
    public void Pfadd_OtherString_IsRefused(string given)
    {
        Given(given);
        Expect(Resp.Error(Invalid), "PFADD k a");
        Expect(Resp.Error(Invalid), "PFCOUNT k");
        Expect(Resp.Error(Invalid), "PFMERGE new k");
        Expect(Resp.Error(Invalid), "PFDEBUG ENCODING k");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("\"HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\"", DisplayName = "no registers")]
    [DataRow("\"HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\"", DisplayName = "half a run")]
    [DataRow("\"HYLL\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80\\x7f\\xff\\x00\"", DisplayName = "too many")]
    public void Pfcount_DamagedSketch_IsReported(string value)
    {
        Given($"SET k {value}", "PFADD p x");
        string error = Resp.Error("INVALIDOBJ Corrupted HLL object detected");
        Expect(error, "PFCOUNT k");
        Expect(error, "PFCOUNT p k");
        Expect(error, "PFMERGE p k");
        Expect(Resp.Integer(1), "PFCOUNT p");
    }

    [TestMethod]
    public void Pfadd_OtherType_IsRefused()
    {
        Given("SADD s a", "PFADD p x");
        Expect(Resp.WrongType, "PFADD s a");
        Expect(Resp.WrongType, "PFCOUNT s");
        Expect(Resp.WrongType, "PFCOUNT p s");
        Expect(Resp.WrongType, "PFMERGE s p");
        Expect(Resp.WrongType, "PFDEBUG ENCODING s");
    }

    [TestMethod]
    public async Task Pfadd_AfterRestart_IsThere()
    {
        Given("PFADD p a b c");
        await Keyspace.Keyspace.CheckpointAsync();
        Given("PFADD p d", "PFADD q a");
        await Keyspace.CrashAsync();
        Expect(Resp.Integer(4), "PFCOUNT p q");
        await Keyspace.ReopenAsync();
        Expect(Resp.Integer(4), "PFCOUNT p");
    }
}
