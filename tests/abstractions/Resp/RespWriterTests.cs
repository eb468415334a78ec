using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Tests.Resp;

[TestClass]
public sealed class RespWriterTests
{
    public static IEnumerable<object[]> Values { get; } =
    [
        Row("simple", w => w.Simple("OK"u8), "+OK|", "+OK|"),
        Row("error", w => w.Error("ERR no"u8), "-ERR no|", "-ERR no|"),
        Row("error with line ends", w => w.Error("ERR a\r\nb\nc"u8), "-ERR a  b c|", "-ERR a  b c|"),
        Row("integer", w => w.Integer(0), ":0|", ":0|"),
        Row("smallest integer", w => w.Integer(long.MinValue), ":-9223372036854775808|", ":-9223372036854775808|"),
        Row("bulk", w => w.Bulk("a\r\nb"u8), "$4|a|b|", "$4|a|b|"),
        Row("empty bulk", w => w.Bulk(default(ReadOnlySpan<byte>)), "$0||", "$0||"),
        Row("bulk text", w => w.Bulk("h\u00e9"), "$3|h\u00c3\u00a9|", "$3|h\u00c3\u00a9|"),
        Row("bulk integer", w => w.BulkInteger(-42), "$3|-42|", "$3|-42|"),
        Row("nil", w => w.Nil(), "$-1|", "_|"),
        Row("nil array", w => w.NilArray(), "*-1|", "_|"),
        Row("array", w => w.Array(2), "*2|", "*2|"),
        Row("map", w => w.Map(2), "*4|", "%2|"),
        Row("set", w => w.Set(3), "*3|", "~3|"),
        Row("push", w => w.Push(3), "*3|", ">3|"),
        Row("true", w => w.Boolean(true), ":1|", "#t|"),
        Row("false", w => w.Boolean(false), ":0|", "#f|"),
        Row("double", w => w.Double(1.5), "$3|1.5|", ",1.5|"),
        Row("whole double", w => w.Double(10), "$2|10|", ",10|"),
        Row("small double", w => w.Double(1e-9), "$4|1e-9|", ",1e-9|"),
        Row("infinity", w => w.Double(double.PositiveInfinity), "$3|inf|", ",inf|"),
        Row("minus infinity", w => w.Double(double.NegativeInfinity), "$4|-inf|", ",-inf|"),
        Row("nan", w => w.Double(double.NaN), "$3|nan|", ",nan|"),
        Row("big number", w => w.BigNumber((Int128)ulong.MaxValue), "$20|18446744073709551615|", "(18446744073709551615|"),
        Row("verbatim", w => w.Verbatim("some"u8, "txt"u8), "$4|some|", "=8|txt:some|"),
        Row("raw", w => w.Raw("+x\r\n"u8), "+x|", "+x|"),
    ];

    [TestMethod]
    [DynamicData(nameof(Values))]
    public void Write_EachKind_HasItsBytes(string what, Action<RespWriter> write, string resp2, string resp3)
    {
        Assert.AreEqual(resp2, Text(Written(2, write)), $"{what} in RESP2");
        Assert.AreEqual(resp3, Text(Written(3, write)), $"{what} in RESP3");
    }

    [TestMethod]
    public void Since_WhatWasWrittenAfterAMark_GetsItsHeaderInFront()
    {
        Action<RespWriter> write = w =>
        {
            w.Simple("before"u8);
            int outer = w.Length;
            w.Simple("a"u8);
            int inner = w.Length;
            w.ArraySince(inner, 0);
            w.Bulk(new byte[11]);
            w.ArraySince(inner, 2);
            w.MapSince(outer, 1);
            w.Simple("after"u8);
        };
        string elements = $"+a|*2|*0|$11|{new string('\0', 11)}|";
        Assert.AreEqual($"+before|*2|{elements}+after|", Text(Written(2, write)));
        Assert.AreEqual($"+before|%1|{elements}+after|", Text(Written(3, write)));
    }

    [TestMethod]
    public void Write_Replies_HaveTheBytesOfTheirKind()
    {
        var writer = new RespWriter();
        writer.Write(Reply.Ok);
        writer.Write(Reply.Integer(7));
        writer.Write(Reply.Nil);
        writer.Write(Reply.NilArray);
        writer.Write(Reply.EmptyArray);
        writer.Write(Reply.None);
        writer.Write(Reply.Written);
        Assert.AreEqual("+OK|:7|$-1|*-1|*0|", Text(writer.Written));
    }

    [TestMethod]
    public void RollBackTo_Mark_TakesBackWhatFollowed()
    {
        var writer = new RespWriter(capacity: 1);
        writer.Integer(1);
        int mark = writer.Length;
        writer.Array(1000);
        writer.Bulk(new byte[100_000]);
        writer.RollBackTo(mark);
        writer.Simple("x"u8);
        Assert.AreEqual(":1|+x|", Text(writer.Written));
        writer.Clear();
        Assert.AreEqual(0, writer.Length);
    }

    [TestMethod]
    public void ProtocolVersion_ChangedBetweenAnswers_CountsFromThere()
    {
        var writer = new RespWriter();
        writer.Nil();
        writer.ProtocolVersion = 3;
        writer.Nil();
        Assert.AreEqual("$-1|_|", Text(writer.Written));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(9)]
    [DataRow(10)]
    [DataRow(4095)]
    [DataRow(4096)]
    [DataRow(1_000_000)]
    public void Bulk_OfLength_IsWhole(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var writer = new RespWriter();
        writer.Bulk(payload);
        byte[] expected = [.. Encoding.ASCII.GetBytes($"${length}\r\n"), .. payload, (byte)'\r', (byte)'\n'];
        Assert.IsTrue(writer.Written.SequenceEqual(expected));
    }

    private static object[] Row(string what, Action<RespWriter> write, string resp2, string resp3) =>
        [what, write, resp2, resp3];

    private static ReadOnlySpan<byte> Written(int version, Action<RespWriter> write)
    {
        var writer = new RespWriter { ProtocolVersion = version };
        write(writer);
        return writer.Written;
    }

    /// <summary>The bytes with a bar for each line end.</summary>
    private static string Text(ReadOnlySpan<byte> bytes) =>
        Encoding.Latin1.GetString(bytes).Replace("\r\n", "|", StringComparison.Ordinal);
}
