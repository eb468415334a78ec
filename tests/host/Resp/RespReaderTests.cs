using System.Text;
using Marekvs.Abstractions;
using Marekvs.Host.Resp;

namespace Marekvs.Host.Tests.Resp;

[TestClass]
public sealed class RespReaderTests
{
    private const string Corpus =
        "*1\r\n$4\r\nPING\r\n" +
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n" +
        "PING\r\n" +
        "\r\n" +
        "*0\r\n*-1\r\n" +
        "set 'a b' \"c\\x41\\n\"\r\n" +
        "*2\r\n$4\r\nECHO\r\n$13\r\nline\r\n*1\r\n$1\0\r\n" +
        "echo hello\n" +
        "*1\rX$4\rYQUITzz" +
        "*2\r\n$3\r\nGET\r\n$120\r\nkeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeykeyke" +
        "ykeykeykeykeykeykeykeykeykeykeykeykeykey\r\n";

    private static readonly string[] CorpusCommands =
    [
        "[PING]", "[SET][k][]", "[PING]", "[set][a b][cA\n]", "[ECHO][line\r\n*1\r\n$1\0]", "[echo][hello]", "[QUIT]",
        $"[GET][{string.Concat(Enumerable.Repeat("key", 40))}]",
    ];

    [TestMethod]
    public void Read_WholeCorpus_FindsEveryCommand() =>
        CollectionAssert.AreEqual(CorpusCommands, ReaderProbe.ReadAll(Corpus).ToArray());

    [TestMethod]
    public void Read_CutAtEveryByte_FindsTheSame()
    {
        for (int cut = 1; cut < Corpus.Length; cut++)
        {
            CollectionAssert.AreEqual(CorpusCommands, ReaderProbe.ReadAll(Corpus, cut).ToArray(), $"cut at {cut}");
        }
    }

    [TestMethod]
    public void Read_CutAtEveryPairOfBytes_FindsTheSame()
    {
        for (int first = 1; first < Corpus.Length; first++)
        {
            for (int second = first + 1; second < Math.Min(first + 40, Corpus.Length); second++)
            {
                string[] found = [.. ReaderProbe.ReadAll(Corpus, first, second)];
                CollectionAssert.AreEqual(CorpusCommands, found, $"cut at {first} and {second}");
            }
        }
    }

    [TestMethod]
    public void Read_ByteByByte_FindsTheSame() => CollectionAssert.AreEqual(
        CorpusCommands, ReaderProbe.ReadAll(Corpus, [.. Enumerable.Range(1, Corpus.Length - 1)]).ToArray());

    [TestMethod]
    public void Read_MillionTinyCommands_FindsThemAll()
    {
        const int Count = 1_000_000;
        byte[] chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n$4\r\nPING\r\n", Count)));
        RespReader reader = new();
        int position = 0;
        int found = 0;
        while (position < chunk.Length)
        {
            Assert.AreEqual(ReadStatus.Command, reader.Read(chunk, ref position));
            found++;
        }

        Assert.AreEqual(Count, found);
    }

    [TestMethod]
    public void Read_CommandsInOneChunk_AllocatesNothing()
    {
        byte[] chunk = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\nPING\r\n", 1000)));
        RespReader reader = new();
        ReadThrough(reader, chunk, chunk.Length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadThrough(reader, chunk, chunk.Length);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Read_CommandsAcrossChunks_AllocatesNothing()
    {
        byte[] chunk = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\nPING 'a'\r\n", 1000)));
        RespReader reader = new();
        ReadThrough(reader, chunk, 7);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadThrough(reader, chunk, 7);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Read_HugeLengthAnnounced_HoldsOnlyWhatCame()
    {
        ReaderProbe probe = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        probe.Feed("*1000000\r\n$536870912\r\nabc");
        Assert.IsEmpty(probe.Found);
        Assert.IsLessThan(100_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Read_LargeArgumentInSmallChunks_IsWhole()
    {
        string value = new('v', 1_000_000);
        string text = $"*2\r\n$4\r\nECHO\r\n${value.Length}\r\n{value}\r\nPING\r\n";
        int[] cuts = [.. Enumerable.Range(1, (text.Length / 4096) - 1).Select(i => i * 4096)];
        CollectionAssert.AreEqual(new[] { $"[ECHO][{value}]", "[PING]" }, ReaderProbe.ReadAll(text, cuts).ToArray());
    }

    [TestMethod]
    public void Keep_CommandInChunk_OutlivesTheChunk()
    {
        byte[] chunk = Encoding.ASCII.GetBytes("*2\r\n$5\r\nBLPOP\r\n$1\r\nk\r\nPING\r\n");
        RespReader reader = new();
        int position = 0;
        Assert.AreEqual(ReadStatus.Command, reader.Read(chunk, ref position));
        reader.Keep(chunk);
        Array.Clear(chunk, 0, position);
        Assert.AreEqual("[BLPOP][k]", ReaderProbe.Show(reader.Args(default)));
        Assert.AreEqual(ReadStatus.Command, reader.Read(chunk, ref position));
        Assert.AreEqual("[PING]", ReaderProbe.Show(reader.Args(chunk)));
    }

    [TestMethod]
    public void Read_UnfinishedCommandBeyondLimit_IsTooLarge()
    {
        ReaderProbe probe = new();
        probe.Reader.HeldBytesMax = 1000;
        probe.Feed("*3\r\n$3\r\nSET\r\n$600\r\n" + new string('k', 600) + "\r\n$600\r\n");
        Assert.IsEmpty(probe.Found);
        probe.Feed(new string('v', 500));
        CollectionAssert.AreEqual(new[] { "! too large" }, probe.Found.ToArray());
    }

    [TestMethod]
    public void Read_TinyArgumentsWithoutEnd_AreBoundedToo()
    {
        ReaderProbe probe = new();
        probe.Reader.HeldBytesMax = 100_000;
        probe.Feed("*2000000000\r\n");
        string arguments = string.Concat(Enumerable.Repeat("$0\r\n\r\n", 1000));
        for (int thousands = 0; thousands < 12; thousands++)
        {
            Assert.IsEmpty(probe.Found);
            probe.Feed(arguments);
        }

        probe.Feed(arguments);
        CollectionAssert.AreEqual(new[] { "! too large" }, probe.Found.ToArray());
    }

    [TestMethod]
    public void Read_UnauthenticatedWithinBounds_FindsCommand()
    {
        ReaderProbe probe = new();
        probe.Reader.SetLimits(Limits.ValueBytesMax, isTrusted: false);
        probe.Feed("*2\r\n$4\r\nAUTH\r\n$16384\r\n" + new string('p', 16384) + "\r\n");
        Assert.HasCount(1, probe.Found);
        Assert.IsFalse(probe.HasFailed);
    }

    private static void ReadThrough(RespReader reader, byte[] bytes, int chunkSize)
    {
        for (int start = 0; start < bytes.Length; start += chunkSize)
        {
            ReadOnlySpan<byte> chunk = bytes.AsSpan(start, Math.Min(chunkSize, bytes.Length - start));
            int position = 0;
            while (position < chunk.Length)
            {
                reader.Read(chunk, ref position);
            }
        }
    }
}
