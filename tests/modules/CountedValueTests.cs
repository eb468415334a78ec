using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Tests;

/// <summary>Values that only writes on two nodes at once can make.</summary>
[TestClass]
public sealed class CountedValueTests
{
    private static readonly Dot SomeDot = new(new Stamp(7), new Origin(1));

    [TestMethod]
    [DataRow("10", "3", "13", DisplayName = "SET 10 and INCRBY 3")]
    [DataRow("10.5", "3", "13.5", DisplayName = "SET 10.5 and INCRBY 3")]
    [DataRow("1e3", "1", "1001", DisplayName = "SET 1e3 and INCR")]
    [DataRow("abc", "3", "abc", DisplayName = "SET abc and INCRBY 3")]
    [DataRow("", "3", "", DisplayName = "SET of nothing and INCRBY 3")]
    [DataRow("inf", "3", "inf", DisplayName = "SET inf and INCRBY 3")]
    [DataRow("9223372036854775807", "9223372036854775807", "18446744073709551614", DisplayName = "beyond 64 bits")]
    [DataRow("-9223372036854775808", "-1", "-9223372036854775809", DisplayName = "below 64 bits")]
    public void Read_WriteAndIncrementAtOnce_AddsOrMasks(string payload, string worth, string visible)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(payload);
        var sum = new CounterSum(Int128.Parse(worth, null));
        var value = new ElementValue(bytes, hasCounter: true, sum, Cell.NoDeadline, SomeDot);
        Assert.AreEqual(visible, Text(value));
    }

    [TestMethod]
    public void Read_IncrementsAlone_CountFromZero()
    {
        var value = new ElementValue(default, hasCounter: true, new CounterSum(0.30m), Cell.NoDeadline, default);
        Assert.AreEqual("0.3", Text(value));
        Assert.IsFalse(CountedValue.TryReadInteger(value, out _));
    }

    [TestMethod]
    public void TryReadInteger_SumBeyondRange_IsNone()
    {
        var value = new ElementValue(
            "9223372036854775807"u8, hasCounter: true, new CounterSum((Int128)1), Cell.NoDeadline, SomeDot);
        Assert.IsFalse(CountedValue.TryReadInteger(value, out _));
        Assert.IsTrue(CountedValue.TryReadNumber(value, out CounterSum number));
        Assert.AreEqual("9223372036854775808", number.ToString());
    }

    [TestMethod]
    public void TryReadInteger_IncrementsMasked_IsNone()
    {
        var value = new ElementValue("x"u8, hasCounter: true, new CounterSum((Int128)1), Cell.NoDeadline, SomeDot);
        Assert.IsFalse(CountedValue.TryReadInteger(value, out _));
        Assert.IsFalse(CountedValue.TryReadNumber(value, out _));
    }

    [TestMethod]
    [DataRow(1e28, "10000000000000000000000000000")]
    [DataRow(-1.25e30, "-1250000000000000000000000000000")]
    [DataRow(double.MaxValue, "17976931348623157")]
    [DataRow(0.5, "0.5")]
    [DataRow(1e-300, "0")]
    public void Read_DoubleSum_HasNoExponent(double worth, string beginning)
    {
        var value = new ElementValue(default, hasCounter: true, new CounterSum(worth), Cell.NoDeadline, default);
        string text = Text(value);
        Assert.StartsWith(beginning, text);
        Assert.AreEqual(beginning.Trim('0'), text.Trim('0'));
    }

    private static string Text(ElementValue value)
    {
        Span<byte> scratch = stackalloc byte[CountedValue.ScratchBytes];
        return Encoding.Latin1.GetString(CountedValue.Read(value, scratch));
    }
}
