using Marekvs.Testing;

namespace Marekvs.Modules.Tests.HyperLogLogs;

[Covers("PFSELFTEST")]
[TestClass]
public sealed class PfdebugTests : CommandTests
{
    [TestMethod]
    public void Pfdebug_Sparse_ShowsRuns()
    {
        Given("PFADD p");
        Expect(Resp.Bulk("Z:16384"), "PFDEBUG DECODE p");
        Expect(Resp.Simple("sparse"), "pfdebug encoding p");
        Expect(Resp.Integer(1), "PFDEBUG TODENSE p");
        Expect(Resp.Integer(0), "PFDEBUG TODENSE p");
        Expect(Resp.Simple("dense"), "PFDEBUG ENCODING p");
        Expect(Resp.Error("ERR HLL encoding is not sparse"), "PFDEBUG DECODE p");
    }

    [TestMethod]
    public void Pfdebug_Getreg_ShowsAllRegisters()
    {
        Given("PFADD p a");
        string registers = Run("PFDEBUG GETREG p");
        Assert.StartsWith("*16384\r\n", registers);
        Assert.HasCount(16_383, registers.Split(":0\r\n")[..^1]);
        Expect(Resp.Simple("dense"), "PFDEBUG ENCODING p");
    }

    [TestMethod]
    public void Pfdebug_Mistakes_AreReported()
    {
        Given("PFADD p a");
        Expect(Resp.Error("ERR The specified key does not exist"), "PFDEBUG DECODE none");
        Expect(Resp.Error("ERR Unknown PFDEBUG subcommand 'foo'"), "PFDEBUG foo p");
        Expect(Resp.Error("ERR wrong number of arguments for 'pfdebug' command"), "PFDEBUG DECODE");
    }

    [TestMethod]
    public void Pfselftest_Passes() => Expect(Resp.Ok, "PFSELFTEST");
}
