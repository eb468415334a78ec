using System.Text;
using Marekvs.Abstractions.Rdb;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class RestoreTests : CommandTests
{
    private const string BadFormat = "ERR Bad data format";

    [TestMethod]
    public void Restore_Dumped_MakesTheSameKey()
    {
        Given("SET k value", "SADD s a b", "EXPIRE s 100");
        Assert.AreEqual(Resp.Ok, Restore("copy", "0", Dumped("k")));
        Assert.AreEqual(Resp.Ok, Restore("set", "0", Dumped("s")));
        ExpectEvents("g restore copy", "g restore set");
        Expect(Resp.Bulk("value"), "GET copy");
        Expect(Resp.Integer(2), "SCARD set");
        Expect(Resp.Integer(-1), "TTL set");
    }

    [TestMethod]
    public void Restore_ExistingKey_IsKeptUnlessReplaced()
    {
        Given("SET k value", "SADD s a b", "EXPIRE s 100");
        string payload = Dumped("k");
        Assert.AreEqual(Resp.Error("BUSYKEY Target key name already exists."), Restore("s", "-1", payload));
        Expect(Resp.Integer(2), "SCARD s");
        Assert.AreEqual(Resp.Ok, Restore("s", "0", payload, "replace"));
        ExpectEvents("g restore s");
        Expect(Resp.Bulk("value"), "GET s");
        Expect(Resp.Integer(-1), "TTL s");
    }

    [TestMethod]
    public void Restore_TimeToLive_IsTaken()
    {
        Given("SET k value");
        string payload = Dumped("k");
        Restore("a", "1500", payload);
        Expect(Resp.Integer(1500), "PTTL a");
        Restore("b", $"{Keyspace.Now + 2500}", payload, "ABSTTL");
        Expect(Resp.Integer(2500), "PTTL b");
        Assert.AreEqual(Resp.Ok, Restore("c", "9223372036854775807", payload, "ABSTTL"));
        Assert.AreEqual(Resp.Ok, Restore("d", "9223372036854775807", payload));
        Expect(Resp.Integer(4), "EXISTS a b c d");
    }

    [TestMethod]
    public void Restore_TimeToLiveInThePast_LeavesNothing()
    {
        Given("SET k value", "SET old value");
        string payload = Dumped("k");
        Assert.AreEqual(Resp.Ok, Restore("new", "1", payload, "ABSTTL"));
        ExpectEvents();
        Assert.AreEqual(Resp.Ok, Restore("old", "1", payload, "ABSTTL", "REPLACE"));
        ExpectEvents("g del old");
        Expect(Resp.Integer(0), "EXISTS new old");
    }

    [TestMethod]
    public void Restore_IdleTime_IsTaken()
    {
        Given("SET k value");
        Assert.AreEqual(Resp.Ok, Restore("a", "0", Dumped("k"), "IDLETIME", "1000"));
        Expect(Resp.Integer(1000), "OBJECT IDLETIME a");
        Assert.AreEqual(Resp.Ok, Restore("b", "0", Dumped("k"), "FREQ", "255"));
        Expect(Resp.Integer(0), "OBJECT IDLETIME b");
    }

    [TestMethod]
    [DataRow("new x x", "ERR value is not an integer or out of range")]
    [DataRow("new -1 x", "ERR Invalid TTL value, must be >= 0")]
    [DataRow("new 0 x", "ERR DUMP payload version or checksum are wrong")]
    [DataRow("new 0 \"\"", "ERR DUMP payload version or checksum are wrong")]
    [DataRow("k 0 x FOO", "ERR syntax error")]
    [DataRow("k x x", "BUSYKEY Target key name already exists.")]
    [DataRow("new 0 x IDLETIME", "ERR syntax error")]
    [DataRow("new 0 x IDLETIME x", "ERR value is not an integer or out of range")]
    [DataRow("new 0 x IDLETIME -1", "ERR Invalid IDLETIME value, must be >= 0")]
    [DataRow("new 0 x FREQ 256", "ERR Invalid FREQ value, must be >= 0 and <= 255")]
    [DataRow("new 0 x FREQ -1", "ERR Invalid FREQ value, must be >= 0 and <= 255")]
    [DataRow("new 0 x FREQ 1 IDLETIME 1", "ERR syntax error")]
    [DataRow("new 0 x IDLETIME 1 FREQ 1", "ERR syntax error")]
    public void Restore_Mistakes_AreReported(string arguments, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), $"RESTORE {arguments}");
    }

    [TestMethod]
    public void Restore_OtherVersion_IsReadUpToTheNewestKnown()
    {
        byte[] payload = Encoding.Latin1.GetBytes(Sealed([0, 1, (byte)'v']));
        payload[3] = 12;
        Assert.AreEqual(Resp.Ok, Restore("a", "0", Checked(payload)));
        payload[3] = 13;
        Assert.AreEqual(
            Resp.Error("ERR DUMP payload version or checksum are wrong"), Restore("b", "0", Checked(payload)));
    }

    [TestMethod]
    [DataRow(new byte[] { }, DisplayName = "nothing")]
    [DataRow(new byte[] { 0 }, DisplayName = "no string")]
    [DataRow(new byte[] { 0, 1, 65, 65 }, DisplayName = "more than a string")]
    [DataRow(new byte[] { 255, 1, 65 }, DisplayName = "no such type")]
    [DataRow(new byte[] { 2, 0 }, DisplayName = "empty set")]
    [DataRow(new byte[] { 2, 2, 1, 65, 1, 65 }, DisplayName = "member twice")]
    [DataRow(new byte[] { 2, 2, 1, 65, 1 }, DisplayName = "half a set")]
    [DataRow(new byte[] { 11, 8, 2, 0, 0, 0, 0, 0, 0, 0 }, DisplayName = "empty intset")]
    [DataRow(new byte[] { 20, 7, 7, 0, 0, 0, 0, 0, 255 }, DisplayName = "empty listpack")]
    [DataRow(new byte[] { 4, 0 }, DisplayName = "empty hash")]
    [DataRow(new byte[] { 4, 1, 1, 65 }, DisplayName = "field without value")]
    [DataRow(new byte[] { 4, 2, 1, 65, 1, 66, 1, 65, 1, 66 }, DisplayName = "field twice")]
    [DataRow(new byte[] { 16, 7, 7, 0, 0, 0, 0, 0, 255 }, DisplayName = "hash of an empty listpack")]
    [DataRow(new byte[] { 16, 10, 10, 0, 0, 0, 1, 0, 0x81, 65, 2, 255 }, DisplayName = "listpack without value")]
    [DataRow(new byte[] { 9, 2, 1, 255 }, DisplayName = "zipmap without its field")]
    [DataRow(new byte[] { 9, 6, 1, 1, 65, 9, 0, 255 }, DisplayName = "zipmap that runs past its end")]
    [DataRow(new byte[] { 24, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 1, 65, 1, 66 }, DisplayName = "deadline below zero")]
    [DataRow(new byte[] { 24, 255, 255, 255, 255, 255, 63, 0, 0, 1, 2, 1, 65, 1, 66 }, DisplayName = "deadline too late")]
    public void Restore_DamagedValue_ChangesNothing(byte[] value)
    {
        Given("SET k v EX 100");
        Assert.AreEqual(Resp.Error(BadFormat), Restore("k", "0", Sealed(value), "REPLACE"));
        Expect(Resp.Bulk("v"), "GET k");
        Expect(Resp.Integer(100), "TTL k");
        Assert.AreEqual(Resp.Error(BadFormat), Restore("new", "0", Sealed(value)));
        Expect(Resp.Integer(0), "EXISTS new");
        ExpectEvents();
    }

    [TestMethod]
    public void Restore_SetOfRedis72_IsReadFromItsListpack()
    {
        byte[] value = [20, 14, 14, 0, 0, 0, 3, 0, 0x81, (byte)'a', 2, 0x81, (byte)'b', 2, 7, 1, 0xFF];
        value[1] = (byte)(value.Length - 2);
        value[2] = value[1];
        Assert.AreEqual(Resp.Ok, Restore("s", "0", Sealed(value)));
        CollectionAssert.AreEquivalent(new[] { "a", "b", "7" }, RespReading.Strings(Run("SMEMBERS s")));
    }

    [TestMethod]
    public void Restore_AnyDamage_IsReadOrRefused()
    {
        Given(
            "SET text \"a text that is long enough to be packed packed packed packed packed packed\"",
            "SADD integers 1 -70000 5000000000",
            "SADD members 1 -70000 \"\" abc aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "HSET hash 1 -70000 \"\" abc aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 5000000000",
            "HSET timed 1 a 2 b",
            "HEXPIRE timed 1000 FIELDS 1 1",
            $"HSET long 1 {new string('x', 70)} 2 {new string('y', 70)}",
            "HEXPIRE long 1000 FIELDS 1 1",
            "SET k old");
        var random = new Random(1);
        int read = 0;
        foreach (string key in new[] { "text", "integers", "members", "hash", "timed", "long" })
        {
            byte[] sound = Encoding.Latin1.GetBytes(Dumped(key))[..^10];
            for (int round = 0; round < 1_500; round++)
            {
                byte[] damaged = [.. sound];
                for (int i = random.Next(1, 4); i > 0 && damaged.Length > 1; i--)
                {
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                    damaged = random.Next(4) == 0 ? damaged[..random.Next(1, damaged.Length)] : damaged;
                }

                string reply = Restore("k", "0", Sealed(damaged), "REPLACE");
                Assert.IsTrue(reply == Resp.Ok || reply == Resp.Error(BadFormat), reply);
                if (key is not ("timed" or "long"))
                {
                    // A damaged deadline may be one long past, and of the last field.
                    Expect(Resp.Integer(1), "EXISTS k");
                }

                if (reply == Resp.Ok)
                {
                    read++;
                    Run("SET k old");
                }
                else
                {
                    Expect(Resp.Bulk("old"), "GET k");
                }
            }
        }

        Assert.IsGreaterThan(100, read);
    }

    private static string Sealed(byte[] value) =>
        Checked([.. value, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    private static string Checked(byte[] payload)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(
            payload.AsSpan(payload.Length - 8), Crc64.Of(payload.AsSpan(0, payload.Length - 8)));
        return Encoding.Latin1.GetString(payload);
    }

    private string Dumped(string key) => RespReading.String(Run($"DUMP {key}"));

    private string Restore(string key, string timeToLive, string payload, params string[] options) =>
        Keyspace.Connection.RunArguments(["RESTORE", key, timeToLive, payload, .. options]);
}
