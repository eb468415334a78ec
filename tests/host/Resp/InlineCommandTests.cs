namespace Marekvs.Host.Tests.Resp;

[TestClass]
public sealed class InlineCommandTests
{
    [TestMethod]
    [DataRow("ping", "[ping]")]
    [DataRow("  set\t a   b  ", "[set][a][b]")]
    [DataRow("set a\vb c", "[set][a\vb][c]")]
    [DataRow("\v\fset a", "[set][a]")]
    [DataRow("a\rb", "[a][b]")]
    [DataRow("a b\0 c d", "[a][b]")]
    [DataRow("echo \"a b\"", "[echo][a b]")]
    [DataRow("echo fo'o b'", "[echo][foo b]")]
    [DataRow("echo 'a\\'b' c", "[echo][a'b][c]")]
    [DataRow("echo 'a\\nb'", "[echo][a\\nb]")]
    [DataRow("echo \"\\n\\r\\t\\b\\a\\\\\\\"\\q\"", "[echo][\n\r\t\b\a\\\"q]")]
    [DataRow("echo \"\\x41\\xff\\x4\\xzz\"", "[echo][A\u00ffx4xzz]")]
    [DataRow("echo \"\" ''", "[echo][][]")]
    [DataRow("\"\" a", "[][a]")]
    [DataRow("echo \\a", "[echo][\\a]")]
    public void Split_Line_AsRedisDoes(string line, string expected)
    {
        CollectionAssert.AreEqual(new[] { expected }, ReaderProbe.ReadAll(line + "\r\n").ToArray());
        CollectionAssert.AreEqual(new[] { expected }, ReaderProbe.ReadAll(line + "\n", 1).ToArray(), "cut");
    }

    [TestMethod]
    [DataRow("\r\n")]
    [DataRow("   \r\n")]
    [DataRow("\n")]
    [DataRow("\0 a b\r\n")]
    public void Split_NothingInLine_IsNoCommand(string line) => Assert.IsEmpty(ReaderProbe.ReadAll(line));
}
