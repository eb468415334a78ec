using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class LzfTests
{
    [TestMethod]
    public void TryPack_TextsOfAllKinds_UnpackToThemselves()
    {
        var random = new Random(1);
        int packedTexts = 0;
        for (int round = 0; round < 2_000; round++)
        {
            byte[] text = new byte[random.Next(1, round % 50 == 0 ? 40_000 : 400)];
            int letters = random.Next(1, 256);
            for (int i = 0; i < text.Length; i++)
            {
                bool repeats = i > 8 && random.Next(3) > 0;
                text[i] = repeats ? text[i - 1 - random.Next(8)] : (byte)random.Next(letters);
            }

            byte[]? packed = Lzf.TryPack(text, out int length);
            if (packed is not null)
            {
                packedTexts++;
                Assert.IsLessThanOrEqualTo(text.Length - 4, length);
                CollectionAssert.AreEqual(text, Lzf.Unpack(packed.AsSpan(0, length), text.Length));
            }
        }

        Assert.IsGreaterThan(500, packedTexts);
    }

    [TestMethod]
    public void TryPack_OneLetter_PacksIntoRuns()
    {
        byte[] text = new byte[10_000];
        Assert.IsNotNull(Lzf.TryPack(text, out int length));
        Assert.IsLessThan(200, length);
    }

    [TestMethod]
    public void TryPack_NothingRepeats_SavesNothing()
    {
        byte[] text = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        Assert.IsNull(Lzf.TryPack(text, out _));
        Assert.IsNull(Lzf.TryPack([], out _));
    }

    [TestMethod]
    [DataRow(new byte[] { 0, (byte)'a', 0x20, 0 }, 4, DisplayName = "ends before the length")]
    [DataRow(new byte[] { 0, (byte)'a', 0x20, 0 }, 3, DisplayName = "goes beyond the length")]
    [DataRow(new byte[] { 0, (byte)'a', 0x20, 1 }, 4, DisplayName = "points before the beginning")]
    [DataRow(new byte[] { 5, (byte)'a' }, 6, DisplayName = "lacks bytes")]
    [DataRow(new byte[] { 0, (byte)'a', 0xE0 }, 10, DisplayName = "lacks a length")]
    [DataRow(new byte[] { 0, (byte)'a' }, 0, DisplayName = "becomes nothing")]
    [DataRow(new byte[] { 0, (byte)'a' }, int.MaxValue, DisplayName = "claims too much")]
    public void Unpack_DamagedBytes_AreRefused(byte[] packed, int length)
    {
        if (length == 4 && packed[^1] == 0)
        {
            CollectionAssert.AreEqual("aaaa"u8.ToArray(), Lzf.Unpack(packed, length));
            length = 5;
        }

        Assert.ThrowsExactly<RecordFormatException>(() => Lzf.Unpack(packed, length));
    }
}
