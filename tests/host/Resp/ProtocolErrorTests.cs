using Marekvs.Abstractions;

namespace Marekvs.Host.Tests.Resp;

/// <summary>Each error text and what brings it about, as Redis 7 answers; the same wherever the bytes are cut.
/// </summary>
[TestClass]
public sealed class ProtocolErrorTests
{
    public static IEnumerable<object[]> Mistakes =>
    [
        ["*a\r\n", "invalid multibulk length"],
        ["*01\r\n", "invalid multibulk length"],
        ["*+1\r\n", "invalid multibulk length"],
        ["*\r\n", "invalid multibulk length"],
        ["*2147483648\r\n", "invalid multibulk length"],
        ["*99999999999999999999\r\n", "invalid multibulk length"],
        ["*1\r\nPING\r\n", "expected '$', got 'P'"],
        ["*1\r\n+PING\r\n", "expected '$', got '+'"],
        ["*1\r\n\r\n", "expected '$', got '\r'"],
        ["*1\r\n$\r\n", "invalid bulk length"],
        ["*1\r\n$-1\r\n", "invalid bulk length"],
        ["*1\r\n$x\r\n", "invalid bulk length"],
        ["*1\r\n$04\r\n", "invalid bulk length"],
        ["*1\r\n$536870913\r\n", "invalid bulk length"],
        ["*1\r\n$9999999999\r\n", "invalid bulk length"],
        ["ECHO \"a\r\n", "unbalanced quotes in request"],
        ["ECHO 'a\r\n", "unbalanced quotes in request"],
        ["ECHO \"a\"b\r\n", "unbalanced quotes in request"],
        ["ECHO 'a'b\r\n", "unbalanced quotes in request"],
        ["ECHO \"a\\", null!],
    ];

    [TestMethod]
    [DynamicData(nameof(Mistakes))]
    public void Read_Mistake_SaysWhich(string text, string? error)
    {
        string[] expected = error is null ? [] : [$"! ERR Protocol error: {error}"];
        CollectionAssert.AreEqual(expected, ReaderProbe.ReadAll(text).ToArray());
        CollectionAssert.AreEqual(
            expected, ReaderProbe.ReadAll(text, [.. Enumerable.Range(1, text.Length - 1)]).ToArray(), "byte by byte");
    }

    [TestMethod]
    [DataRow("*", "too big mbulk count string")]
    [DataRow("*1\r\n$", "too big bulk count string")]
    [DataRow("PING ", "too big inline request")]
    public void Read_LineWithoutEnd_StopsAtItsBound(string start, string error)
    {
        ReaderProbe probe = new();
        probe.Feed(start);
        probe.Feed(new string('1', Limits.InlineBytesMax - 100));
        Assert.IsEmpty(probe.Found);
        probe.Feed(new string('1', 200));
        CollectionAssert.AreEqual(new[] { $"! ERR Protocol error: {error}" }, probe.Found.ToArray());
    }

    [TestMethod]
    [DataRow("*11\r\n", "unauthenticated multibulk length")]
    [DataRow("*1\r\n$16385\r\n", "unauthenticated bulk length")]
    [DataRow("*2147483648\r\n", "invalid multibulk length")]
    [DataRow("*1\r\n$536870913\r\n", "invalid bulk length")]
    public void Read_UnauthenticatedBeyondBounds_SaysWhich(string text, string error)
    {
        ReaderProbe probe = new();
        probe.Reader.SetLimits(Limits.ValueBytesMax, isTrusted: false);
        probe.Feed(text);
        CollectionAssert.AreEqual(new[] { $"! ERR Protocol error: {error}" }, probe.Found.ToArray());
    }

    [TestMethod]
    public void Read_MistakeAfterCommands_KeepsTheCommands() => CollectionAssert.AreEqual(
        new[] { "[PING]", "[PING]", "! ERR Protocol error: invalid multibulk length" },
        ReaderProbe.ReadAll("PING\r\n*1\r\n$4\r\nPING\r\n*x\r\nPING\r\n").ToArray());

    [TestMethod]
    public void Read_LowerBulkLimit_Holds()
    {
        ReaderProbe probe = new();
        probe.Reader.SetLimits(10, isTrusted: true);
        probe.Feed("*1\r\n$10\r\n0123456789\r\n*1\r\n$11\r\n");
        CollectionAssert.AreEqual(
            new[] { "[0123456789]", "! ERR Protocol error: invalid bulk length" }, probe.Found.ToArray());
    }
}
