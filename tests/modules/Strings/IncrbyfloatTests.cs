using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class IncrbyfloatTests : CommandTests
{
    [TestMethod]
    [DataRow("10.50", "0.1", "10.6")]
    [DataRow("0.1", "0.2", "0.3")]
    [DataRow("5", "1.5", "6.5")]
    [DataRow("3", "1.0", "4")]
    [DataRow("5.0e3", "2.0e2", "5200")]
    [DataRow("1", "-1", "0")]
    [DataRow("-0.0", "-0.0", "0")]
    [DataRow("1e-18", "0", "0")]
    [DataRow("0.1", "1e-17", "0.10000000000000001")]
    [DataRow("17179869184", "1.5", "17179869185.5")]
    [DataRow("9223372036854775807", "1", "9223372036854775808")]
    [DataRow("99999999999999999999", "1", "100000000000000000000")]
    [DataRow(".5", "5.", "5.5")]
    [DataRow("+1", "+1", "2")]
    public void Incrbyfloat_TwoNumbers_AnswersPlainSum(string value, string amount, string sum)
    {
        Given($"SET k {value}");
        Expect(Resp.Bulk(sum), $"INCRBYFLOAT k {amount}");
        Expect(Resp.Bulk(sum), "GET k");
        ExpectEvents("$ incrbyfloat k");
    }

    [TestMethod]
    public void Incrbyfloat_KeyAbsent_CountsFromZero()
    {
        Expect(Resp.Bulk("0.25"), "INCRBYFLOAT k 0.25");
        Expect(Resp.Bulk("0.5"), "INCRBYFLOAT k 0.25");
        Expect(Resp.Bulk("0.5"), "GET k");
    }

    [TestMethod]
    public void Incrbyfloat_AlternatingWithIncr_SharesOneValue()
    {
        Expect(Resp.Integer(3), "INCRBY k 3");
        Expect(Resp.Bulk("3.5"), "INCRBYFLOAT k 0.5");
        Expect(Resp.NotInteger, "INCR k");
        Expect(Resp.Bulk("4"), "INCRBYFLOAT k 0.5");
        Expect(Resp.Integer(5), "INCR k");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" 1")]
    [DataRow("1 ")]
    [DataRow("nan")]
    [DataRow("1e")]
    [DataRow("abc")]
    [DataRow("1\\x00")]
    [DataRow("1,5")]
    [DataRow("1e99999")]
    public void Incrbyfloat_NoNumber_IsRefused(string text)
    {
        Given($"SET k \"{text}\"", "SET n 1");
        Expect(Resp.NotFloat, "INCRBYFLOAT k 1");
        Expect(Resp.NotFloat, $"INCRBYFLOAT n \"{text}\"");
        Expect(Resp.Bulk("1"), "GET n");
    }

    [TestMethod]
    public void Incrbyfloat_Infinity_IsRefused()
    {
        string error = Resp.Error("ERR increment would produce NaN or Infinity");
        Expect(error, "INCRBYFLOAT k inf");
        Expect(error, "INCRBYFLOAT k -Infinity");
        Given("SET k +inf");
        Expect(error, "INCRBYFLOAT k 1");
        Expect(error, "INCRBYFLOAT k -inf");
        Expect(Resp.Bulk("+inf"), "GET k");
    }

    [TestMethod]
    public void Incrbyfloat_OtherType_IsRefusedBeforeTheAmount()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "INCRBYFLOAT k x");
    }

    [TestMethod]
    public void Incrbyfloat_Deadline_IsKept()
    {
        Given("SET k 1 EX 100");
        Expect(Resp.Bulk("1.5"), "INCRBYFLOAT k 0.5");
        Expect(Resp.Integer(100), "TTL k");
    }

    [TestMethod]
    public void Incrbyfloat_MoreDigitsThanBinary_KeepsThem_DiffersFromRedis()
    {
        Given("SET k 1000000.1");
        Expect(Resp.Bulk("1000000.2"), "INCRBYFLOAT k 0.1");
    }

    [TestMethod]
    public void Incrbyfloat_BeyondDecimals_HasShortestDigitsThenZeros_DiffersFromRedis()
    {
        Given("SET k 1e30");
        Expect(Resp.Bulk("2" + new string('0', 30)), "INCRBYFLOAT k 1e30");
        Given("SET k -1.5e300");
        Expect(Resp.Bulk("-15" + new string('0', 299)), "INCRBYFLOAT k 0");
        Expect(Resp.Bulk("-15" + new string('0', 299)), "GET k");
    }

    [TestMethod]
    public void Incrbyfloat_Hexadecimal_IsANumber() => Expect(Resp.Bulk("16"), "INCRBYFLOAT k 0x10");
}
