using CsCheck;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Crdt;

/// <summary>Bytes from a disk or a peer that are wrong: refused with one exception, or read as what they spell.</summary>
[TestClass]
public sealed class HostileBytesTests
{
    private const int Rounds = 300_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Read_MutatedRecords_AreRefusedOrReadExactly()
    {
        const int Seed = 20;
        var random = new Random(Seed);
        byte[][] records = [.. Samples()];
        int accepted = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = Mutate(records[random.Next(records.Length)], random);
            accepted += ReadsExactly(bytes, $"seed {Seed}, round {i}") ? 1 : 0;
        }

        TestContext.WriteLine($"{accepted} of {Rounds} accepted");
        Assert.IsGreaterThan(Rounds / 100, accepted, "mutations are too wild to test the decoder");
        Assert.IsLessThan(Rounds, accepted);
    }

    [TestMethod]
    public void Read_RandomBytes_AreRefusedOrReadExactly()
    {
        const int Seed = 21;
        var random = new Random(Seed);
        for (int i = 0; i < Rounds; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 1 && random.Next(4) > 0)
            {
                // Most first bytes and counts are nonsense at once; let some come further.
                bytes[0] &= 7;
                bytes[1] &= 3;
            }

            ReadsExactly(bytes, $"seed {Seed}, round {i}");
            ReadsVectorExactly(bytes);
        }
    }

    [TestMethod]
    public void Read_MutatedVectors_AreRefusedOrReadExactly()
    {
        var random = new Random(22);
        var vector = new VersionVector();
        for (uint i = 1; i < 6; i++)
        {
            vector.Raise(new Origin(i * 0x10001), new Stamp(i));
        }

        var bytes = new byte[vector.EncodedLength];
        vector.Write(bytes);
        for (int i = 0; i < Rounds / 10; i++)
        {
            ReadsVectorExactly(Mutate(bytes, random));
        }
    }

    [TestMethod]
    [DataRow("", "nothing")]
    [DataRow("00", "cut short")]
    [DataRow("08", "an unknown flag")]
    [DataRow("02", "counters without the long form")]
    [DataRow("040807060504030201" + "0D0C0B0A" + "FFFFFFFFFFFFFF7F", "a deadline that is none")]
    [DataRow("040807060504030201" + "0D0C0B0A" + "0000000000000080", "a deadline that is dead")]
    [DataRow("01010D0C0B0A" + "0807060504030201" + "0100", "a simple record in the long form")]
    [DataRow("01020D0C0B0A" + "0807060504030201" + "00" + "0D0C0B0A" + "0807060504030201" + "00", "one origin twice")]
    [DataRow("01010D0C0B0A" + "0807060504030201" + "05", "an unknown state")]
    [DataRow("010000", "bytes behind the end")]
    [DataRow("0300" + "0807060504030201" + "00", "a list announced and empty")]
    [DataRow("0500" + "00", "a list announced and empty")]
    [DataRow("018000", "a length not in its shortest form")]
    [DataRow("0300" + "0807060504030201" + "01" + "0D0C0B0A" + "0807060504030201" + "00" + "0002" + "01" + "0004",
        "reset to what it never was")]
    [DataRow("0300" + "0807060504030201" + "01" + "0D0C0B0A" + "0807060504030201" + "00" + "0002" + "02" + "0004",
        "reset beyond its newest update")]
    [DataRow("0300" + "0807060504030201" + "01" + "0D0C0B0A" + "FFFFFFFFFFFFFFFF" + "01" + "0002" + "00",
        "a stamp that overflows")]
    [DataRow("0501" + "0D0C0B0A" + "0807060504030201" + "0200" + "01" + "0D0C0B0A" + "0707060504030201" +
        "0100000000000000", "a deadline older than the write beside it")]
    public void Read_SecondSpelling_IsRefused(string hex, string what) => Assert.ThrowsExactly<RecordFormatException>(
        () => CellCodec.Read(Convert.FromHexString(hex)), what);

    private static List<byte[]> Samples()
    {
        var records = new List<byte[]>();
        ReachableStates.Histories.Sample(
            steps =>
            {
                lock (records)
                {
                    records.AddRange(ReachableStates.Run(steps).Select(ReachableStates.Encode));
                }
            },
            iter: 500,
            threads: 1,
            seed: "0000KGmE4x06");
        return records;
    }

    private static byte[] Mutate(byte[] record, Random random)
    {
        List<byte> bytes = [.. record];
        for (int n = random.Next(1, 4); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(4);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool ReadsExactly(byte[] bytes, string where)
    {
        Cell cell;
        try
        {
            cell = CellCodec.Read(bytes);
        }
        catch (RecordFormatException)
        {
            return false;
        }

        Assert.AreEqual(Convert.ToHexString(bytes), Convert.ToHexString(ReachableStates.Encode(cell)), where);
        cell.TryGetVisible(out _);
        _ = cell.EffectiveDeadline;
        _ = cell.CounterWorth;
        return true;
    }

    private static void ReadsVectorExactly(byte[] bytes)
    {
        VersionVector vector;
        int consumed;
        try
        {
            vector = VersionVector.Read(bytes, out consumed);
        }
        catch (RecordFormatException)
        {
            return;
        }

        var again = new byte[vector.EncodedLength];
        vector.Write(again);
        Assert.AreEqual(Convert.ToHexString(bytes.AsSpan(0, consumed)), Convert.ToHexString(again));
    }
}
