using System.Globalization;
using System.Text;
using CsCheck;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Abstractions.Tests.Commands;

[TestClass]
public sealed class RedisNumberTests
{
    private const string LongestDouble =
        "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558" +
        "632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245" +
        "490090389328944075868508455133942304583236903222948165808559332123348274797826204144723168" +
        "738177180919299881250404026184124858368";

    [TestMethod]
    [DataRow("0", 0L)]
    [DataRow("1", 1L)]
    [DataRow("-1", -1L)]
    [DataRow("9223372036854775807", long.MaxValue)]
    [DataRow("-9223372036854775808", long.MinValue)]
    public void TryParseInt64_RedisSpelling_IsRead(string text, long expected)
    {
        Assert.IsTrue(RedisNumber.TryParseInt64(Encoding.ASCII.GetBytes(text), out long value));
        Assert.AreEqual(expected, value);
        Assert.AreEqual(text, Encoding.ASCII.GetString(RedisNumber.Format(value, new byte[20])));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("-")]
    [DataRow("+1")]
    [DataRow("01")]
    [DataRow("00")]
    [DataRow("-0")]
    [DataRow("-01")]
    [DataRow(" 1")]
    [DataRow("1 ")]
    [DataRow("1.0")]
    [DataRow("1e3")]
    [DataRow("0x1")]
    [DataRow("--1")]
    [DataRow("9223372036854775808")]
    [DataRow("-9223372036854775809")]
    [DataRow("18446744073709551616")]
    [DataRow("99999999999999999999")]
    [DataRow("100000000000000000000")]
    [DataRow("1\0")]
    public void TryParseInt64_OtherSpelling_IsRefused(string text) =>
        Assert.IsFalse(RedisNumber.TryParseInt64(Encoding.ASCII.GetBytes(text), out _));

    [TestMethod]
    public void TryParseInt64_AnyInteger_RoundTrips() => Gen.Long.Sample(
        value => RedisNumber.TryParseInt64(
            Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)), out long read) && read == value);

    [TestMethod]
    [DataRow("inf", double.PositiveInfinity)]
    [DataRow("+inf", double.PositiveInfinity)]
    [DataRow("-inf", double.NegativeInfinity)]
    [DataRow("Infinity", double.PositiveInfinity)]
    [DataRow("iNf", double.PositiveInfinity)]
    [DataRow("-INFINITY", double.NegativeInfinity)]
    [DataRow("0x10", 16.0)]
    [DataRow("-0X1p3", -8.0)]
    [DataRow("0x.8", 0.5)]
    [DataRow("0x1.8p1", 3.0)]
    [DataRow("0xfffffffffffffffffp-4", 18446744073709551616.0)]
    [DataRow(".5", 0.5)]
    [DataRow("5.", 5.0)]
    [DataRow("1e5", 100000.0)]
    [DataRow("1E5", 100000.0)]
    [DataRow("1e+5", 100000.0)]
    [DataRow("+.5", 0.5)]
    [DataRow("+5", 5.0)]
    [DataRow("00012", 12.0)]
    [DataRow("4e-324", 4.9406564584124654e-324)]
    [DataRow("0e-500", 0.0)]
    [DataRow("-.5e-3", -0.0005)]
    [DataRow("12345678901234567890", 12345678901234567890.0)]
    [DataRow(LongestDouble, double.MaxValue)]
    public void TryParseDouble_WhatRedisTakes_IsRead(string text, double expected)
    {
        Assert.IsTrue(RedisNumber.TryParseDouble(Encoding.ASCII.GetBytes(text), out double value));
        Assert.AreEqual(expected, value);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("nan")]
    [DataRow("-nan")]
    [DataRow("1e")]
    [DataRow("e5")]
    [DataRow(" 5")]
    [DataRow("5 ")]
    [DataRow("1e400")]
    [DataRow("-1e400")]
    [DataRow("1e-400")]
    [DataRow("1_0")]
    [DataRow("1,5")]
    [DataRow(".")]
    [DataRow("-")]
    [DataRow("+")]
    [DataRow("+-5")]
    [DataRow("1d")]
    [DataRow("1f")]
    [DataRow("infx")]
    [DataRow("0x")]
    [DataRow("0x.")]
    [DataRow("0xg")]
    [DataRow("0x1p")]
    [DataRow("0x1p99999")]
    [DataRow("0x1p-99999")]
    [DataRow("5\0")]
    [DataRow("\u00e9")]
    public void TryParseDouble_WhatRedisRefuses_IsRefused(string text) =>
        Assert.IsFalse(RedisNumber.TryParseDouble(Encoding.UTF8.GetBytes(text), out _));

    [TestMethod]
    [DataRow(0.0, "0")]
    [DataRow(-0.0, "-0")]
    [DataRow(1.0, "1")]
    [DataRow(-17.0, "-17")]
    [DataRow(0.1, "0.1")]
    [DataRow(-0.0005, "-0.0005")]
    [DataRow(3.14159265358979, "3.14159265358979")]
    [DataRow(123456.789, "123456.789")]
    [DataRow(1e17, "100000000000000000")]
    [DataRow(4611686018427387904.0, "4611686018427387904")]
    [DataRow(5e18, "5e+18")]
    [DataRow(12345678901234567890.0, "12345678901234567000")]
    [DataRow(1e20, "1e+20")]
    [DataRow(1.5e300, "1.5e+300")]
    [DataRow(-1e-9, "-1e-9")]
    [DataRow(0.000001, "0.000001")]
    [DataRow(1e-7, "1e-7")]
    [DataRow(0.0012345678, "0.0012345678")]
    [DataRow(0.00012345678, "1.2345678e-4")]
    [DataRow(5e-324, "5e-324")]
    [DataRow(double.PositiveInfinity, "inf")]
    [DataRow(double.NegativeInfinity, "-inf")]
    public void Format_Double_IsRedisSpelling(double value, string expected) =>
        Assert.AreEqual(expected, RedisNumber.Format(value));

    [TestMethod]
    public void Format_AnyDouble_ReadsBackTheSame() => Gen.Double.Where(double.IsFinite).Sample(
        value => RedisNumber.TryParseDouble(Encoding.ASCII.GetBytes(RedisNumber.Format(value)), out double read)
            && read.Equals(value),
        iter: 50_000);
}
