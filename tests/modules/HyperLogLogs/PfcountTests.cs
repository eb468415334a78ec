using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.HyperLogLogs;

[TestClass]
public sealed class PfcountTests : CommandTests
{
    [TestMethod]
    public void Pfcount_ManyElements_IsNear()
    {
        const int Elements = 20_000;
        foreach (int[] some in Enumerable.Range(0, Elements).Chunk(1_000))
        {
            Given($"PFADD p {string.Join(' ', some)}");
        }

        string reply = Run("PFCOUNT p");
        long count = long.Parse(reply.AsSpan(1).TrimEnd("\r\n"), CultureInfo.InvariantCulture);
        Assert.IsInRange(Elements * 0.96, Elements * 1.04, count);
        Expect(Resp.Simple("dense"), "PFDEBUG ENCODING p");
        Expect(Resp.Integer(12_304), "STRLEN p");
    }

    [TestMethod]
    public void Pfcount_SeveralKeys_CountsTheirUnion()
    {
        Given("PFADD p a b c", "PFADD q c d", "PFADD empty");
        Expect(Resp.Integer(4), "PFCOUNT p q none empty");
        Expect(Resp.Integer(0), "PFCOUNT none");
        Expect(Resp.Integer(0), "PFCOUNT none other");
        Expect(Resp.Integer(0), "PFCOUNT empty");
    }

    [TestMethod]
    public void Pfcount_CountKeptInTheString_IsBelieved()
    {
        Given("PFADD p a b c", "SETRANGE p 8 \"\\x07\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"");
        Expect(Resp.Integer(7), "PFCOUNT p");
        Given("PFADD p d");
        Expect(Resp.Integer(4), "PFCOUNT p");
    }

    [TestMethod]
    public void Pfcount_AfterAChange_KeepsTheCountInTheString()
    {
        Given("PFADD p a b c");
        Expect(Resp.Bulk("\0\0\0\0\0\0\0\u0080"), "GETRANGE p 8 15");
        Expect(Resp.Integer(3), "PFCOUNT p");
        Expect(Resp.Bulk("\u0003\0\0\0\0\0\0\0"), "GETRANGE p 8 15");
        Given("PFADD p a");
        Expect(Resp.Bulk("\u0003\0\0\0\0\0\0\0"), "GETRANGE p 8 15");
        Given("PFADD p d");
        Expect(Resp.Bulk("\u0003\0\0\0\0\0\0\u0080"), "GETRANGE p 8 15");
        Expect(Resp.Integer(4), "PFCOUNT p");
    }
}
