using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Crdt;

[TestClass]
public sealed class CounterSumTests
{
    [TestMethod]
    public void Add_Integers_StayIntegersBeyondSixtyFourBits()
    {
        CounterSum sum = new CounterSum((Int128)long.MaxValue) + new CounterSum((Int128)long.MaxValue);
        Assert.IsTrue(sum.IsInteger);
        Assert.AreEqual("18446744073709551614", sum.ToString());
    }

    [TestMethod]
    public void Add_Decimals_AreExact()
    {
        CounterSum sum = new CounterSum(0.1m) + new CounterSum(0.2m);
        Assert.IsTrue(sum.IsDecimal);
        Assert.AreEqual("0.3", sum.ToString());
        Assert.AreEqual("1.3", (sum + new CounterSum((Int128)1)).ToString());
    }

    [TestMethod]
    public void Add_BeyondADecimal_BecomesADouble()
    {
        CounterSum sum = new CounterSum(decimal.MaxValue / 2) + new CounterSum(1m);
        Assert.IsFalse(sum.IsDecimal || sum.IsInteger);
        Assert.AreEqual((double)(decimal.MaxValue / 2), sum.AsDouble, 1e15);
        Assert.AreEqual(3.5, (new CounterSum(1.5) + new CounterSum((Int128)2)).AsDouble);
    }

    [TestMethod]
    [DataRow("0000", "0")]
    [DataRow("0001", "-1")]
    [DataRow("0002", "1")]
    [DataRow("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF03", "-170141183460469231731687303715884105728")]
    [DataRow("00FEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF03", "170141183460469231731687303715884105727")]
    [DataRow("0100000000000000000000000000000000", "0")]
    [DataRow("01FFFFFFFFFFFFFFFFFFFFFFFF00000000", "79228162514264337593543950335")]
    [DataRow("02000000000000F0BF", "-1")]
    public void Read_GoldenBytes_GiveTheNumber(string hex, string expected)
    {
        var reader = new RecordReader(Convert.FromHexString(hex));
        CounterSum sum = CounterSum.Read(ref reader);
        Assert.AreEqual(0, reader.Remaining);
        Assert.AreEqual(expected, sum.ToString());
        var writer = new RecordWriter();
        sum.Write(writer);
        Assert.AreEqual(hex, Convert.ToHexString(writer.Written));
    }

    [TestMethod]
    [DataRow("03")]
    [DataRow("00")]
    [DataRow("008000")]
    [DataRow("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF04")]
    [DataRow("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF01")]
    [DataRow("0100000000000000000000000000001D00")]
    [DataRow("0100000000000000000000000001000000")]
    [DataRow("020000")]
    public void Read_NotASum_IsRefused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.ThrowsExactly<RecordFormatException>(() =>
        {
            var reader = new RecordReader(bytes);
            CounterSum.Read(ref reader);
        });
    }

    [TestMethod]
    [DataRow(1e15, true)]
    [DataRow(-1e37, true)]
    [DataRow(1e39, false)]
    [DataRow(1.5, false)]
    [DataRow(double.NaN, false)]
    [DataRow(double.PositiveInfinity, false)]
    public void TryGetInteger_Double_OnlyWholeNumbersThatFit(double value, bool expected) =>
        Assert.AreEqual(expected, new CounterSum(value).TryGetInteger(out _));
}
