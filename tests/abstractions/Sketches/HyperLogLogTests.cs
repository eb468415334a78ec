using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Abstractions.Tests.Sketches;

/// <summary>The bytes of sketches; tests/modules compares them with a redis-server's.</summary>
[TestClass]
public sealed class HyperLogLogTests
{
    [TestMethod]
    public void Create_HasTheseBytes() => Assert.AreEqual(
        "48594C4C" + "01" + "000000" + "0000000000000000" + "7FFF",
        Convert.ToHexString(HyperLogLog.Create().Bytes));

    [TestMethod]
    public void Raise_NeighboursOfEqualValue_ShareARun()
    {
        HyperLogLog sketch = HyperLogLog.Create();
        foreach (int register in new[] { 100, 102, 101, 103, 104 })
        {
            Assert.IsTrue(sketch.Raise(register, 3));
            Assert.IsFalse(sketch.Raise(register, 2));
        }

        Assert.AreEqual("Z:100 v:3,4 v:3,1 Z:16279", sketch.View.DescribeRuns());
        Assert.IsTrue(sketch.Raise(101, 4));
        Assert.AreEqual("Z:100 v:3,1 v:4,1 v:3,3 Z:16279", sketch.View.DescribeRuns());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Raise_AnyRegisters_BothFormsAgree(int seed)
    {
        var random = new Random(seed);
        HyperLogLog sketch = HyperLogLog.Create();
        HyperLogLog dense = HyperLogLog.Create();
        Assert.IsTrue(dense.MakeDense());
        for (int i = 0; i < 20_000; i++)
        {
            int register = random.Next(2) == 0 ? random.Next(HyperLogLog.Registers) : random.Next(50);
            byte value = (byte)random.Next(1, i < 1_000 ? 33 : 52);
            Assert.AreEqual(dense.Raise(register, value), sketch.Raise(register, value));
            if (i % 500 == 0)
            {
                CollectionAssert.AreEqual(RegistersOf(dense), RegistersOf(sketch));
            }
        }

        Assert.IsTrue(sketch.IsDense);
        CollectionAssert.AreEqual(RegistersOf(dense), RegistersOf(sketch));
    }

    [TestMethod]
    public void TryUnite_AnyOrder_IsTheSame()
    {
        ReadOnlyMemory<byte>[] values = [Sketch(0, 30), Sketch(20, 50), Sketch(500, 900), Sketch(0, 0)];
        byte[] union = HyperLogLogUnion.TryUnite(values)!;
        CollectionAssert.AreEqual(union, HyperLogLogUnion.TryUnite(values.Reverse())!);
        byte[] pair = HyperLogLogUnion.TryUnite(values.Take(2))!;
        CollectionAssert.AreEqual(union, HyperLogLogUnion.TryUnite([values[3], values[2], pair, pair])!);
        Assert.IsNull(HyperLogLogUnion.TryUnite([values[0], "text"u8.ToArray()]));
    }

    [TestMethod]
    public void Open_DamagedBytes_ReadsOrSaysSo()
    {
        var random = new Random(1);
        byte[] sound = Sketch(0, 300);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] damaged = [.. sound];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            damaged = random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            try
            {
                HyperLogLog.Open(damaged)?.Add(Encoding.UTF8.GetBytes($"element {round}"));
                HyperLogLog.Open(damaged)?.View.Count();
            }
            catch (RecordFormatException)
            {
                // It says so.
            }
        }
    }

    private static byte[] Sketch(int from, int to)
    {
        HyperLogLog sketch = HyperLogLog.Create();
        for (int i = from; i < to; i++)
        {
            sketch.Add(Encoding.UTF8.GetBytes($"element {i}"));
        }

        return sketch.Bytes.ToArray();
    }

    private static byte[] RegistersOf(HyperLogLog sketch)
    {
        byte[] registers = new byte[HyperLogLog.Registers];
        sketch.View.RaiseTo(registers);
        return registers;
    }
}
