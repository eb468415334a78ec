using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HincrbyfloatTests : HashCommandTests
{
    [TestMethod]
    [DataRow("10.50", "0.1", "10.6")]
    [DataRow("0.1", "0.2", "0.3")]
    [DataRow("5.0e3", "2.0e2", "5200")]
    [DataRow("1", "-1", "0")]
    [DataRow("9223372036854775807", "1", "9223372036854775808")]
    public void Hincrbyfloat_TwoNumbers_AnswersPlainSum(string value, string amount, string sum)
    {
        Given($"HSET h a {value}");
        Expect(Resp.Bulk(sum), $"HINCRBYFLOAT h a {amount}");
        Expect(Resp.Bulk(sum), "HGET h a");
        ExpectEvents("h hincrbyfloat h");
    }

    [TestMethod]
    public void Hincrbyfloat_FieldAbsent_CountsFromZero()
    {
        Expect(Resp.Bulk("0.25"), "HINCRBYFLOAT h a 0.25");
        Expect(Resp.Bulk("1"), "HINCRBYFLOAT h a 0.75");
        Expect(Resp.Integer(2), "HINCRBY h a 1");
        Expect(Resp.Bulk("2.5"), "HINCRBYFLOAT h a 0.5");
        Expect(Resp.Error("ERR hash value is not an integer"), "HINCRBY h a 1");
    }

    [TestMethod]
    public void Hincrbyfloat_FieldWithDeadline_KeepsIt()
    {
        Given("HSET h a 1", "HEXPIRE h 100 FIELDS 1 a", "HINCRBYFLOAT h a 1.5");
        Expect(Integers(100), "HTTL h FIELDS 1 a");
    }

    [TestMethod]
    [DataRow("abc", "1", "hash value is not a float")]
    [DataRow("", "1", "hash value is not a float")]
    [DataRow("inf", "1", "increment would produce NaN or Infinity")]
    [DataRow("1", "x", "value is not a valid float")]
    [DataRow("1", "inf", "value is NaN or Infinity")]
    [DataRow("1", "-inf", "value is NaN or Infinity")]
    [DataRow("1", "nan", "value is not a valid float")]
    public void Hincrbyfloat_Mistakes_ChangeNothing(string value, string amount, string error)
    {
        Keyspace.Connection.RunArguments("HSET", "h", "a", value);
        Keyspace.TakeEvents();
        Assert.AreEqual(Resp.Error($"ERR {error}"), Keyspace.Connection.RunArguments("HINCRBYFLOAT", "h", "a", amount));
        Expect(Resp.Bulk(value), "HGET h a");
        ExpectEvents();
    }

    [TestMethod]
    public void Hincrbyfloat_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "HINCRBYFLOAT k a 1");
        Expect(Resp.NotFloat, "HINCRBYFLOAT k a x");
    }
}
