using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LrangeTests : ListCommandTests
{
    [TestMethod]
    [DataRow("0", "-1", "abcde")]
    [DataRow("1", "3", "bcd")]
    [DataRow("-3", "-2", "cd")]
    [DataRow("-100", "1", "ab")]
    [DataRow("3", "100", "de")]
    [DataRow("4", "4", "e")]
    [DataRow("-9223372036854775808", "9223372036854775807", "abcde")]
    [DataRow("3", "2", "")]
    [DataRow("5", "7", "")]
    [DataRow("0", "-6", "")]
    public void Lrange_AnyRange_AnswersWhatLiesWithin(string first, string last, string expected)
    {
        Given("RPUSH l a b c d e");
        Expect(Resp.Array([.. expected.Select(c => Resp.Bulk($"{c}"))]), $"LRANGE l {first} {last}");
    }

    [TestMethod]
    public void Lrange_Mistakes_AreFoundInRedissOrder()
    {
        Given("SET s v");
        Expect(Resp.Array(), "LRANGE none 0 -1");
        Expect(Resp.WrongType, "LRANGE s 0 -1");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LRANGE s x 0");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LRANGE none 0 x");
    }
}
