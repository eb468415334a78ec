using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class LcsTests : CommandTests
{
    [TestMethod]
    public void Lcs_TwoStrings_AnswersSubsequence()
    {
        Given("MSET a ohmytext b mynewtext");
        Expect(Resp.Bulk("mytext"), "LCS a b");
        Expect(Resp.Integer(6), "LCS a b LEN");
    }

    [TestMethod]
    public void Lcs_Indexes_AnswersRangesFromTheEnd()
    {
        Given("MSET a ohmytext b mynewtext");
        string later = Range(4, 7) + Range(5, 8);
        string earlier = Range(2, 3) + Range(0, 1);
        Expect(
            Flat(Resp.Array("*2\r\n" + later, "*2\r\n" + earlier), 6),
            "LCS a b IDX");
        Expect(Flat(Resp.Array("*2\r\n" + later), 6), "lcs a b idx minmatchlen 4");
        Expect(
            Flat(Resp.Array("*3\r\n" + later + Resp.Integer(4)), 6),
            "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN");
        Expect(Flat(Resp.Array(), 6), "LCS a b IDX MINMATCHLEN 100");
        Expect(
            Flat(Resp.Array("*2\r\n" + later, "*2\r\n" + earlier), 6),
            "LCS a b IDX MINMATCHLEN -1");
    }

    [TestMethod]
    public void Lcs_IndexesInResp3_AreAMap()
    {
        Given("MSET a x b x");
        string expected = Resp.Map(
            Resp.Bulk("matches"), Resp.Array(Resp.Array(Range(0, 0), Range(0, 0))), Resp.Bulk("len"), Resp.Integer(1));
        Assert.AreEqual(expected, Keyspace.Run3("LCS a b IDX"));
    }

    [TestMethod]
    public void Lcs_KeyAbsent_CountsAsEmpty()
    {
        Given("SET a x");
        Expect(Resp.Bulk(""), "LCS a none");
        Expect(Resp.Integer(0), "LCS none none2 LEN");
        Expect(Flat(Resp.Array(), 0), "LCS a none IDX");
    }

    [TestMethod]
    public void Lcs_Counters_CompareTheirTexts()
    {
        Given("INCRBY a 1234", "INCRBY b 934");
        Expect(Resp.Bulk("34"), "LCS a b");
    }

    [TestMethod]
    public void Lcs_Mistakes_AreReportedTypesFirst()
    {
        Given("BAG.PUT bag a 1", "SET a x");
        Expect(Resp.Error("ERR The specified keys must contain string values"), "LCS a bag FOO");
        Expect(Resp.SyntaxError, "LCS a a FOO");
        Expect(Resp.SyntaxError, "LCS a a MINMATCHLEN");
        Expect(Resp.NotInteger, "LCS a a MINMATCHLEN x");
        Expect(
            Resp.Error("ERR If you want both the length and indexes, please just use IDX."),
            "LCS a a LEN IDX");
    }

    [TestMethod]
    public void Lcs_TableTooLarge_IsRefused()
    {
        Given($"SET a {new string('a', 12_000)}");
        Expect(
            Resp.Error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"), "LCS a a");
    }

    private static string Range(int first, int last) => Resp.Array(Resp.Integer(first), Resp.Integer(last));

    private static string Flat(string matches, int length) =>
        Resp.Array(Resp.Bulk("matches"), matches, Resp.Bulk("len"), Resp.Integer(length));
}
