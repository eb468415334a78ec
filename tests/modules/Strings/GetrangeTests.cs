using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[Covers("SUBSTR")]
[TestClass]
public sealed class GetrangeTests : CommandTests
{
    [TestMethod]
    [DataRow("0 3", "This")]
    [DataRow("-3 -1", "ing")]
    [DataRow("0 -1", "This is a string")]
    [DataRow("10 100", "string")]
    [DataRow("5 3", "")]
    [DataRow("-1 -5", "")]
    [DataRow("16 20", "")]
    [DataRow("0 -100", "T")]
    [DataRow("-100 2", "Thi")]
    [DataRow("-9223372036854775808 9223372036854775807", "This is a string")]
    public void Getrange_AnyBounds_AnswersSlice(string bounds, string slice)
    {
        Given("""SET k "This is a string" """);
        Expect(Resp.Bulk(slice), $"GETRANGE k {bounds}");
        Expect(Resp.Bulk(slice), $"SUBSTR k {bounds}");
    }

    [TestMethod]
    public void Getrange_Counter_SlicesItsText()
    {
        Given("SET k 1230", "INCRBY k 4");
        Expect(Resp.Bulk("23"), "GETRANGE k 1 2");
    }

    [TestMethod]
    public void Getrange_KeyAbsentOrEmpty_AnswersEmptyString()
    {
        Expect(Resp.Bulk(""), "GETRANGE k 0 -1");
        Given("""SET k "" """);
        Expect(Resp.Bulk(""), "GETRANGE k 0 -1");
    }

    [TestMethod]
    public void Getrange_Mistakes_AreReportedIndexesFirst()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.NotInteger, "GETRANGE k x 1");
        Expect(Resp.NotInteger, "GETRANGE k 1 1.5");
        Expect(Resp.WrongType, "GETRANGE k 0 1");
    }
}
