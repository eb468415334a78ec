using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class RdbStringTests
{
    [TestMethod]
    [DataRow("", 1)]
    [DataRow("0", 2)]
    [DataRow("-128", 2)]
    [DataRow("128", 3)]
    [DataRow("-32768", 3)]
    [DataRow("32768", 5)]
    [DataRow("-2147483648", 5)]
    [DataRow("2147483648", 11)]
    [DataRow("-2147483649", 12)]
    [DataRow("007", 4)]
    [DataRow("aaaaaaaaaaaaaaaaaaaa", 21)]
    public void WriteString_ShortTexts_TakeSoManyBytesAndReadBack(string text, int bytes)
    {
        var writer = new RdbWriter();
        writer.WriteString(Encoding.ASCII.GetBytes(text));
        Assert.AreEqual(bytes, writer.Written.Length);
        Assert.AreEqual(text, Read(writer.Written.ToArray()));
    }

    [TestMethod]
    [DataRow(21)]
    [DataRow(63)]
    [DataRow(64)]
    [DataRow(16383)]
    [DataRow(16384)]
    [DataRow(100_000)]
    public void WriteString_LongTexts_ReadBack(int length)
    {
        var random = new Random(length);
        foreach (int letters in new[] { 1, 4, 90 })
        {
            string text = new([.. Enumerable.Range(0, length).Select(_ => (char)(' ' + random.Next(letters)))]);
            var writer = new RdbWriter();
            writer.WriteString(Encoding.ASCII.GetBytes(text));
            Assert.IsTrue(letters > 1 || writer.Written.Length < 20 + (length / 50));
            Assert.AreEqual(text, Read(writer.Written.ToArray()));
        }
    }

    [TestMethod]
    [DataRow(63UL, 1)]
    [DataRow(64UL, 2)]
    [DataRow(16383UL, 2)]
    [DataRow(16384UL, 5)]
    [DataRow(4294967295UL, 5)]
    [DataRow(4294967296UL, 9)]
    [DataRow(18446744073709551615UL, 9)]
    public void WriteLength_AnyNumber_TakesSoManyBytesAndReadsBack(ulong length, int bytes)
    {
        var writer = new RdbWriter();
        writer.WriteLength(length);
        Assert.AreEqual(bytes, writer.Written.Length);
        Assert.AreEqual(length, new RdbReader(writer.Written).ReadLength());
    }

    [TestMethod]
    [DataRow(new byte[] { }, DisplayName = "nothing")]
    [DataRow(new byte[] { 5, 1 }, DisplayName = "too short")]
    [DataRow(new byte[] { 0x80, 0xFF, 0xFF, 0xFF, 0xFF }, DisplayName = "4 GiB")]
    [DataRow(new byte[] { 0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, DisplayName = "16 EiB")]
    [DataRow(new byte[] { 0x82, 1 }, DisplayName = "no such length")]
    [DataRow(new byte[] { 0xC4, 1 }, DisplayName = "no such number")]
    [DataRow(new byte[] { 0xC3, 1, 0x80, 0x1F, 0xFF, 0xFF, 0xFF, 0 }, DisplayName = "512 MiB packed in a byte")]
    public void ReadString_DamagedBytes_AreRefused(byte[] bytes) =>
        Assert.ThrowsExactly<RecordFormatException>(() => Read(bytes));

    [TestMethod]
    public void ReadCount_MoreThanBytesLeft_IsRefused()
    {
        Assert.AreEqual(2, new RdbReader([2, 0, 0]).ReadCount());
        Assert.ThrowsExactly<RecordFormatException>(() => new RdbReader([3, 0, 0]).ReadCount());
        Assert.ThrowsExactly<RecordFormatException>(() => new RdbReader([2, 0, 0]).ReadCount(bytesEach: 2));
        Assert.ThrowsExactly<RecordFormatException>(() => new RdbReader([0]).ReadCount());
    }

    private static string Read(byte[] bytes)
    {
        var reader = new RdbReader(bytes);
        string text = Encoding.ASCII.GetString(reader.ReadString());
        Assert.AreEqual(0, reader.Remaining);
        return text;
    }
}
