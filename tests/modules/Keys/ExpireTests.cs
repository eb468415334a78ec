using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("PEXPIRE", "EXPIREAT", "PEXPIREAT")]
[TestClass]
public sealed class ExpireTests : CommandTests
{
    [TestMethod]
    [DataRow("EXPIRE k 10", 10_000L)]
    [DataRow("PEXPIRE k 10", 10L)]
    [DataRow("EXPIREAT k 1735689700", 100_000L)]
    [DataRow("PEXPIREAT k 1735689600001", 1L)]
    public void Expire_EachUnit_SetsDeadline(string line, long left)
    {
        Expect(Resp.Integer(0), line);
        Given("SET k v");
        Expect(Resp.Integer(1), line);
        ExpectEvents("g expire k");
        Expect(Resp.Integer(left), "PTTL k");
        Given("DEL k", "BAG.PUT k a 1");
        Expect(Resp.Integer(1), line);
        Expect(Resp.Integer(left), "PTTL k");
        Keyspace.Advance(left);
        Expect(Resp.Integer(0), "EXISTS k");
    }

    [TestMethod]
    [DataRow("EXPIRE k 0")]
    [DataRow("EXPIRE k -1")]
    [DataRow("PEXPIRE k -100")]
    [DataRow("EXPIREAT k 1")]
    [DataRow("PEXPIREAT k 1735689600000")]
    [DataRow("PEXPIREAT k -9223372036854775808")]
    [DataRow("EXPIREAT k -9223372036854775")]
    public void Expire_TimePast_Deletes(string line)
    {
        Given("SET k v");
        Expect(Resp.Integer(1), line);
        Expect(Resp.Integer(0), "EXISTS k");
        ExpectEvents("g del k");
        Expect(Resp.Integer(0), line);
    }

    [TestMethod]
    public void Expire_Again_MayShorten()
    {
        Given("SET k v EX 100");
        Expect(Resp.Integer(1), "EXPIRE k 10");
        Expect(Resp.Integer(10), "TTL k");
    }

    [TestMethod]
    public void Expire_NX_NeedsNoDeadline()
    {
        Given("SET k v");
        Expect(Resp.Integer(1), "EXPIRE k 10 NX");
        Expect(Resp.Integer(0), "EXPIRE k 20 nx");
        Expect(Resp.Integer(10), "TTL k");
    }

    [TestMethod]
    public void Expire_XX_NeedsDeadline()
    {
        Given("SET k v");
        Expect(Resp.Integer(0), "EXPIRE k 10 XX");
        Expect(Resp.Integer(-1), "TTL k");
        Given("EXPIRE k 10");
        Expect(Resp.Integer(1), "EXPIRE k 20 XX");
        Expect(Resp.Integer(20), "TTL k");
    }

    [TestMethod]
    public void Expire_GT_NeverBeatsNoDeadline()
    {
        Given("SET k v");
        Expect(Resp.Integer(0), "EXPIRE k 10 GT");
        Given("EXPIRE k 10");
        Expect(Resp.Integer(0), "EXPIRE k 10 GT");
        Expect(Resp.Integer(0), "EXPIRE k 9 GT");
        Expect(Resp.Integer(1), "EXPIRE k 11 GT");
        Expect(Resp.Integer(1), "EXPIRE k 12 GT XX");
    }

    [TestMethod]
    public void Expire_LT_AlwaysBeatsNoDeadline()
    {
        Given("SET k v");
        Expect(Resp.Integer(0), "EXPIRE k 10 LT XX");
        Expect(Resp.Integer(1), "EXPIRE k 10 LT");
        Expect(Resp.Integer(0), "EXPIRE k 10 LT");
        Expect(Resp.Integer(1), "EXPIRE k 9 LT");
        Expect(Resp.Integer(1), "EXPIRE k -1 LT");
        Expect(Resp.Integer(0), "EXISTS k");
    }

    [TestMethod]
    [DataRow("EXPIRE k 10 FOO", "ERR Unsupported option FOO")]
    [DataRow("EXPIRE k x FOO", "ERR Unsupported option FOO")]
    [DataRow("EXPIRE k 10 NX GT", "ERR NX and XX, GT or LT options at the same time are not compatible")]
    [DataRow("EXPIRE k 10 NX XX", "ERR NX and XX, GT or LT options at the same time are not compatible")]
    [DataRow("EXPIRE k 10 GT LT", "ERR GT and LT options at the same time are not compatible")]
    [DataRow("EXPIRE k 1.5", "ERR value is not an integer or out of range")]
    [DataRow("EXPIRE k 9223372036854775807", "ERR invalid expire time in 'expire' command")]
    [DataRow("EXPIRE k -9223372036854775807", "ERR invalid expire time in 'expire' command")]
    [DataRow("PEXPIRE k 9223372036854775807", "ERR invalid expire time in 'pexpire' command")]
    [DataRow("EXPIREAT k 9223372036854776", "ERR invalid expire time in 'expireat' command")]
    public void Expire_Mistakes_AreReportedWhateverTheKey(string line, string error)
    {
        Expect(Resp.Error(error), line);
        Given("SET k v");
        Expect(Resp.Error(error), line);
        Expect(Resp.Integer(-1), "TTL k");
    }

    [TestMethod]
    public async Task Expire_AfterRestart_Holds()
    {
        Given("SET a v", "EXPIRE a 100", "BAG.PUT b x 1", "EXPIRE b 100", "SET c v EX 100", "PERSIST c");
        await Keyspace.ReopenAsync();
        Expect(Resp.Integer(100), "TTL a");
        Expect(Resp.Integer(100), "TTL b");
        Expect(Resp.Integer(-1), "TTL c");
    }
}
