using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class DumpTests : CommandTests
{
    [TestMethod]
    public void Dump_AbsentKey_AnswersNil() => Expect(Resp.Nil, "DUMP none");

    [TestMethod]
    public void Dump_ShortString_HasTheBytesOfRedis()
    {
        Given("SET k 10");
        Expect(Resp.Bulk("\0\u00c0\n\n\0n\u009fWE\u000e\u00aec\u00bb"), "DUMP k");
    }

    [TestMethod]
    public void Dump_TypeWithoutForm_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.Error("ERR values of type bag cannot be dumped"), "DUMP k");
    }

    [TestMethod]
    public void Dump_Counter_IsItsText()
    {
        Given("INCRBY n 7", "SET k 7");
        Assert.AreEqual(Run("DUMP k"), Run("DUMP n"));
    }
}
