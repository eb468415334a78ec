using System.Text;
using Marekvs.Abstractions.Records;

namespace Marekvs.Abstractions.Tests.Records;

[TestClass]
public sealed class KeyAddressTests
{
    [TestMethod]
    [DataRow("123456789", 0x31C3)]
    [DataRow("", 0)]
    [DataRow("foo", 12182)]
    [DataRow("bar", 5061)]
    [DataRow("hello", 866)]
    [DataRow("somekey", 11058)]
    [DataRow("user1000", 3443)]
    public void SlotOf_PlainKey_IsItsCrc(string key, int slot) => Assert.AreEqual(slot, Slot(key));

    [TestMethod]
    [DataRow("{user1000}.following", "user1000")]
    [DataRow("{user1000}.followers", "user1000")]
    [DataRow("foo{bar}zap", "bar")]
    [DataRow("foo{{bar}}zap", "{bar")]
    [DataRow("foo{bar}{zap}", "bar")]
    [DataRow("{a}{b}", "a")]
    [DataRow("}{a}", "a")]
    public void SlotOf_HashTag_IsTheTagsSlot(string key, string tag) => Assert.AreEqual(Slot(tag), Slot(key));

    [TestMethod]
    [DataRow("foo{}{bar}")]
    [DataRow("{}")]
    [DataRow("{}bar")]
    [DataRow("a{b")]
    [DataRow("a}b")]
    [DataRow("}{")]
    public void SlotOf_NoHashTag_UsesTheWholeKey(string key) => Assert.AreEqual(Crc(key) % 16384, Slot(key));

    [TestMethod]
    public void PartitionOf_Key_IsAQuarterOfItsSlot()
    {
        Assert.AreEqual((ushort)(12182 / 4), KeyAddress.PartitionOf("foo"u8));
        Assert.AreEqual((ushort)4095, KeyAddress.PartitionOfSlot(16383));
        Assert.AreEqual((ushort)0, KeyAddress.PartitionOfSlot(3));
    }

    private static int Slot(string key) => KeyAddress.SlotOf(Encoding.ASCII.GetBytes(key));

    /// <summary>XMODEM's CRC bit by bit, to check the table against.</summary>
    private static int Crc(string key)
    {
        int crc = 0;
        foreach (byte b in Encoding.ASCII.GetBytes(key))
        {
            crc ^= b << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = ((crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0)) & 0xFFFF;
            }
        }

        return crc;
    }
}
