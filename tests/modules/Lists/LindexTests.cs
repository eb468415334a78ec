using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LindexTests : ListCommandTests
{
    [TestMethod]
    [DataRow("0", "a")]
    [DataRow("2", "c")]
    [DataRow("-1", "c")]
    [DataRow("-3", "a")]
    public void Lindex_WithinTheList_AnswersTheElement(string index, string value)
    {
        Given("RPUSH l a b c");
        Expect(Resp.Bulk(value), $"LINDEX l {index}");
    }

    [TestMethod]
    [DataRow("3")]
    [DataRow("-4")]
    [DataRow("9223372036854775807")]
    [DataRow("-9223372036854775808")]
    public void Lindex_BeyondTheList_AnswersNil(string index)
    {
        Given("RPUSH l a b c");
        Expect(Resp.Nil, $"LINDEX l {index}");
    }

    [TestMethod]
    public void Lindex_Mistakes_AreFoundInRedissOrder()
    {
        Given("RPUSH l a", "SET s v");
        Expect(Resp.Nil, "LINDEX none x");
        Expect(Resp.WrongType, "LINDEX s x");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LINDEX l x");
    }
}
