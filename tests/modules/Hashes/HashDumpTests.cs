using System.Text;
using Marekvs.Abstractions.Rdb;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

/// <summary>Hashes in the RDB format, as far as Redis 7.0 does not know it; see DumpExchangeTests for the rest.</summary>
[TestClass]
public sealed class HashDumpTests : HashCommandTests
{
    [TestMethod]
    public void Dump_ShortHashWithDeadlines_HasTheBytesOfRedis74()
    {
        Given("HSET h plain x timed 7", "HPEXPIREAT h 1735689700000 FIELDS 1 timed");
        byte[] dump = Dumped("h");
        byte[] deadline = [0xA0, 0x02, 0x2B, 0x1F, 0x94, 0x01, 0, 0];
        byte[] pack =
        [
            40, 0, 0, 0, 6, 0,
            0x85, .. "timed"u8, 6, 7, 1, 0xF4, .. deadline, 9,
            0x85, .. "plain"u8, 6, 0x81, (byte)'x', 2, 0, 1,
            0xFF,
        ];
        pack[0] = (byte)pack.Length;
        CollectionAssert.AreEqual(
            (byte[])[25, .. deadline, (byte)pack.Length, .. pack, 12, 0], dump[..^8], Convert.ToHexString(dump));
    }

    [TestMethod]
    public void Dump_LongHashWithDeadlines_HasTheBytesOfRedis74()
    {
        string value = new('x', 65);
        Given($"HSET h timed {value}", "HPEXPIREAT h 1735689700000 FIELDS 1 timed");
        byte[] dump = Dumped("h");
        byte[] deadline = [0xA0, 0x02, 0x2B, 0x1F, 0x94, 0x01, 0, 0];
        CollectionAssert.AreEqual((byte[])[24, .. deadline, 1, 1, 5, .. "timed"u8], dump[..17]);
        CollectionAssert.AreEqual((byte[])[12, 0], dump[^10..^8]);
    }

    [TestMethod]
    [DataRow(3, 10)]
    [DataRow(600, 10)]
    [DataRow(3, 100)]
    public void Restore_HashWithDeadlines_IsTheSame(int fields, int valueBytes)
    {
        string[] names = [.. Enumerable.Range(0, fields).Select(i => $"f{i}")];
        Given($"HSET h {string.Join(' ', names.Select(name => $"{name} {new string('v', valueBytes)}"))}");
        for (int i = 0; i < fields; i += 2)
        {
            Given($"HPEXPIRE h {1000 + (i * 17)} FIELDS 1 f{i}");
        }

        Assert.AreEqual(Resp.Ok, Restore("copy", Dumped("h")));
        string arguments = $"FIELDS {fields} {string.Join(' ', names)}";
        Assert.AreEqual(Run($"HPEXPIRETIME h {arguments}"), Run($"HPEXPIRETIME copy {arguments}"));
        Assert.AreEqual(Run("HGETALL h"), Run("HGETALL copy"));
    }

    [TestMethod]
    public void Restore_FieldsPastTheirDeadline_AreGoneAtOnce()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 10 FIELDS 1 a", "HSET all a 1", "HPEXPIRE all 10 FIELDS 1 a");
        byte[] some = Dumped("h");
        byte[] all = Dumped("all");
        Keyspace.Advance(10);
        Assert.AreEqual(Resp.Ok, Restore("some", some));
        ExpectHash("some", ("b", "2"));
        Assert.AreEqual(Resp.Ok, Restore("none", all));
        Expect(Resp.Integer(0), "EXISTS none");
    }

    [TestMethod]
    public void Dump_Counters_AreTheirText()
    {
        Given("HSET h a 5", "HINCRBY h a 2", "HINCRBYFLOAT h b 0.5", "HSET same a 7 b 0.5");
        CollectionAssert.AreEqual(Dumped("same"), Dumped("h"));
    }

    [TestMethod]
    public void Restore_OldForms_AreRead()
    {
        byte[] zipmap = [2, 1, (byte)'a', 3, 1, .. "xyz"u8, 0, 0, 2, 0, .. "12"u8, 0xFF];
        Assert.AreEqual(Resp.Ok, Restore("zipmap", Sealed([9, (byte)zipmap.Length, .. zipmap])));
        ExpectHash("zipmap", ("a", "xyz"), ("", "12"));

        byte[] ziplist = [15, 0, 0, 0, 13, 0, 0, 0, 2, 0, 0, 1, (byte)'a', 3, 0xF8, 0xFF];
        ziplist[0] = (byte)ziplist.Length;
        Assert.AreEqual(Resp.Ok, Restore("ziplist", Sealed([13, (byte)ziplist.Length, .. ziplist])));
        ExpectHash("ziplist", ("a", "7"));
    }

    private byte[] Dumped(string key) => Encoding.Latin1.GetBytes(RespReading.String(Run($"DUMP {key}")));

    private string Restore(string key, byte[] payload) =>
        Keyspace.Connection.RunArguments("RESTORE", key, "0", Encoding.Latin1.GetString(payload));

    private static byte[] Sealed(byte[] value)
    {
        byte[] payload = [.. value, 10, 0];
        return [.. payload, .. LittleEndian(Crc64.Of(payload))];
    }

    private static byte[] LittleEndian(ulong number)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
