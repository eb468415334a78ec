using System.Text;
using Marekvs.Abstractions.Rdb;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>Sorted sets in the RDB format: old forms, and bytes that are none; see DumpExchangeTests for the rest.
/// </summary>
[TestClass]
public sealed class ZsetDumpTests : ZsetCommandTests
{
    [TestMethod]
    public void Dump_SmallZset_HasTheBytesOfRedis()
    {
        Given("ZADD z 1 a 2.5 b");
        byte[] pack =
        [
            0, 0, 0, 0, 4, 0,
            0x81, (byte)'a', 2, 1, 1,
            0x81, (byte)'b', 2, 0x83, .. "2.5"u8, 4,
            0xFF,
        ];
        pack[0] = (byte)pack.Length;
        byte[] dump = Encoding.Latin1.GetBytes(RespReading.String(Run("DUMP z")));
        CollectionAssert.AreEqual(
            (byte[])[17, (byte)pack.Length, .. pack, 10, 0], dump[..^8], Convert.ToHexString(dump));
    }

    [TestMethod]
    public void Restore_TextScores_AsBeforeRedis4_AreRead()
    {
        Expect(Resp.Ok, Restore([3, 4, 1, (byte)'a', 3, .. "1.5"u8, 1, (byte)'b', 254, 1, (byte)'c', 255, 1, (byte)'d', 1, (byte)'7']));
        ExpectZset("z", "c", "-inf", "a", "1.5", "d", "7", "b", "inf");
    }

    [TestMethod]
    public void Restore_Ziplist_AsBeforeRedis7_IsRead()
    {
        byte[] list =
        [
            20, 0, 0, 0, 16, 0, 0, 0, 4, 0,
            0, 1, (byte)'a', 3, 0xF2,
            2, 1, (byte)'b', 3, 0xF8, 0xFF,
        ];
        list[0] = (byte)list.Length;
        list[4] = (byte)(list.Length - 3);
        Expect(Resp.Ok, Restore([12, (byte)list.Length, .. list]));
        ExpectZset("z", "a", "1", "b", "7");
    }

    [TestMethod]
    [DataRow(new byte[] { 3, 0 }, DisplayName = "no member")]
    [DataRow(new byte[] { 3, 1, 1, (byte)'a', 253 }, DisplayName = "no number")]
    [DataRow(new byte[] { 3, 1, 1, (byte)'a', 1, (byte)'x' }, DisplayName = "no score")]
    [DataRow(new byte[] { 3, 2, 1, (byte)'a', 1, (byte)'1', 1, (byte)'a', 1, (byte)'2' }, DisplayName = "a member twice")]
    [DataRow(new byte[] { 3, 2, 1, (byte)'a', 1, (byte)'1' }, DisplayName = "a member missing")]
    [DataRow(new byte[] { 5, 1, 1, (byte)'a', 0, 0, 0, 0, 0, 0, 0xF8, 0x7F }, DisplayName = "NaN in 8 bytes")]
    [DataRow(new byte[] { 5, 1, 1, (byte)'a', 0, 0, 0 }, DisplayName = "half a score")]
    [DataRow(new byte[] { 17, 10, 10, 0, 0, 0, 1, 0, 0x81, (byte)'a', 2, 0xFF }, DisplayName = "a member without a score")]
    [DataRow(new byte[] { 17, 7, 7, 0, 0, 0, 0, 0, 0xFF }, DisplayName = "an empty listpack")]
    public void Restore_OtherBytes_IsRefused(byte[] value)
    {
        Expect("-ERR Bad data format\r\n", Restore(value));
        Expect(Resp.Integer(0), "EXISTS z");
    }

    private static string Restore(byte[] value) =>
        $"RESTORE z 0 \"{string.Concat(Sealed(value).Select(b => $"\\x{b:x2}"))}\"";

    private static byte[] Sealed(byte[] value)
    {
        byte[] body = [.. value, 9, 0];
        byte[] sum = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(sum, Crc64.Of(body));
        return [.. body, .. sum];
    }
}
