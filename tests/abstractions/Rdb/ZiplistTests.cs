using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class ZiplistTests
{
    // Numbers and texts of every form, put together by hand from the published format.
    private static readonly (byte[] Bytes, string Text)[] Entries =
    [
        ([0x02, (byte)'a', (byte)'b'], "ab"),
        ([0x00], ""),
        ([0xF1], "0"),
        ([0xFD], "12"),
        ([0xFE, 0x0D], "13"),
        ([0xFE, 0x80], "-128"),
        ([0xC0, 0x00, 0x80], "-32768"),
        ([0xF0, 0xFF, 0xFF, 0x7F], "8388607"),
        ([0xF0, 0x00, 0x00, 0x80], "-8388608"),
        ([0xD0, 0x00, 0x00, 0x00, 0x80], "-2147483648"),
        ([0xE0, 0, 0, 0, 0, 0, 0, 0, 0x80], "-9223372036854775808"),
        ([0x41, 0x2C, .. Enumerable.Repeat((byte)'x', 300)], new string('x', 300)),
        ([0x80, 0, 0, 0, 3, (byte)'l', (byte)'n', (byte)'g'], "lng"),
    ];

    [TestMethod]
    public void MoveNext_EntriesOfAllForms_ReadsThem()
    {
        CollectionAssert.AreEqual(Entries.Select(entry => entry.Text).ToArray(), Read(Build(Entries.Length)));
        CollectionAssert.AreEqual(Entries.Select(entry => entry.Text).ToArray(), Read(Build(ushort.MaxValue)));
    }

    [TestMethod]
    public void MoveNext_OtherCount_IsRefused()
    {
        Assert.ThrowsExactly<RecordFormatException>(() => Read(Build(Entries.Length - 1)));
        Assert.ThrowsExactly<RecordFormatException>(() => Read(Build(Entries.Length + 1)));
    }

    [TestMethod]
    public void MoveNext_DamagedBytes_EndsOrRefuses() =>
        Damage.Each(Build(Entries.Length), 20_000, damaged => Read(damaged));

    private static byte[] Build(int count)
    {
        var body = new List<byte>();
        int lengthBefore = 0;
        foreach ((byte[] bytes, _) in Entries)
        {
            byte[] head = lengthBefore < 0xFE
                ? [(byte)lengthBefore]
                : [0xFE, (byte)lengthBefore, (byte)(lengthBefore >> 8), 0, 0];
            body.AddRange([.. head, .. bytes]);
            lengthBefore = head.Length + bytes.Length;
        }

        int length = 10 + body.Count + 1;
        return [(byte)length, (byte)(length >> 8), 0, 0, 0, 0, 0, 0, (byte)count, (byte)(count >> 8), .. body, 0xFF];
    }

    private static List<string> Read(byte[] ziplist)
    {
        var entries = new List<string>();
        var reader = new ZiplistReader(ziplist);
        while (reader.MoveNext())
        {
            entries.Add(Encoding.ASCII.GetString(reader.Current));
        }

        return entries;
    }
}
