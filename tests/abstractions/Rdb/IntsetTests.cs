using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Rdb;

namespace Marekvs.Abstractions.Tests.Rdb;

[TestClass]
public sealed class IntsetTests
{
    [TestMethod]
    [DataRow(new long[] { 1, 2, 3 }, 2)]
    [DataRow(new long[] { short.MinValue, short.MaxValue }, 2)]
    [DataRow(new long[] { short.MinValue - 1L, 0 }, 4)]
    [DataRow(new long[] { 0, int.MaxValue + 1L }, 8)]
    [DataRow(new long[] { long.MinValue, -1, long.MaxValue }, 8)]
    public void Write_Integers_ReadBackTheSame(long[] numbers, int width)
    {
        byte[] bytes = Intset.Write(numbers);
        Assert.HasCount(8 + (numbers.Length * width), bytes);
        Assert.AreEqual(width, bytes[0]);
        CollectionAssert.AreEqual(numbers, Intset.Read(bytes));
    }

    [TestMethod]
    [DataRow(new byte[] { 2, 0, 0, 0, 1, 0, 0, 0, 1 }, DisplayName = "lacks a byte")]
    [DataRow(new byte[] { 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0 }, DisplayName = "has no such width")]
    [DataRow(new byte[] { 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0 }, DisplayName = "has a number twice")]
    [DataRow(new byte[] { 2, 0, 0, 0, 255, 255, 255, 255, 1, 0 }, DisplayName = "claims too much")]
    [DataRow(new byte[] { 2, 0 }, DisplayName = "has no head")]
    public void Read_DamagedBytes_AreRefused(byte[] bytes) =>
        Assert.ThrowsExactly<RecordFormatException>(() => Intset.Read(bytes));
}
