using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XtrimTests : CommandTests
{
    [TestMethod]
    public void Xtrim_MaxLength_KeepsTheNewest()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2", "XADD x 3-1 f 3");
        Expect(Resp.Integer(2), "XTRIM x MAXLEN 1");
        ExpectEvents("t xtrim x");
        Expect(Resp.Integer(0), "XTRIM x MAXLEN = 1");
        ExpectEvents();
        Expect(Resp.Array(StreamReading.Entry("3-1", "f", "3")), "XRANGE x - +");
    }

    [TestMethod]
    public void Xtrim_Approximate_RemovesWholeNodes()
    {
        for (int i = 1; i <= 250; i++)
        {
            Run($"XADD x {i}-1 f {i}");
        }

        Expect(Resp.Integer(0), "XTRIM x MAXLEN ~ 151");
        Expect(Resp.Integer(0), "XTRIM x MAXLEN ~ 0 LIMIT 99");
        Expect(Resp.Integer(100), "XTRIM x MINID ~ 150");
        Expect(Resp.Integer(100), "XTRIM x MAXLEN ~ 0 LIMIT 0");
        Expect(Resp.Integer(50), "XLEN x");
    }

    [TestMethod]
    public void Xtrim_Mistakes_AreToldAsRedisDoes()
    {
        Expect(Resp.Error("ERR syntax error, XTRIM must be called with a trimming strategy"), "XTRIM x LIMIT 0");
        Expect(
            Resp.Error("ERR syntax error, LIMIT cannot be used without the special ~ option"),
            "XTRIM x MAXLEN 1 LIMIT 1");
        Expect(
            Resp.Error("ERR syntax error, MAXLEN and MINID options at the same time are not compatible"),
            "XTRIM x MAXLEN 1 MINID 1");
        Expect(Resp.Error("ERR The MAXLEN argument must be >= 0."), "XTRIM x MAXLEN -1");
        Expect(Resp.SyntaxError, "XTRIM x NOMKSTREAM 1");
    }
}
