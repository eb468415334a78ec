using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[Covers("INCRBY", "DECR", "DECRBY")]
[TestClass]
public sealed class IncrTests : CommandTests
{
    [TestMethod]
    public void Incr_KeyAbsent_CountsFromZero()
    {
        Expect(Resp.Integer(1), "INCR k");
        Expect(Resp.Integer(2), "INCR k");
        Expect(Resp.Integer(1), "DECR k");
        Expect(Resp.Integer(0), "DECR k");
        Expect(Resp.Integer(-1), "DECR k");
        Expect(Resp.Bulk("-1"), "GET k");
        ExpectEvents("$ incrby k", "$ incrby k", "$ incrby k", "$ incrby k", "$ incrby k");
    }

    [TestMethod]
    public void Incrby_AnyAmount_Adds()
    {
        Given("SET k 100 EX 10");
        Expect(Resp.Integer(142), "INCRBY k 42");
        Expect(Resp.Integer(100), "DECRBY k 42");
        Expect(Resp.Integer(200), "DECRBY k -100");
        Expect(Resp.Integer(200), "INCRBY k 0");
        Expect(Resp.Integer(10), "TTL k");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" 1")]
    [DataRow("1 ")]
    [DataRow("+1")]
    [DataRow("01")]
    [DataRow("-0")]
    [DataRow("1.0")]
    [DataRow("abc")]
    [DataRow("9223372036854775808")]
    [DataRow("-9223372036854775809")]
    public void Incr_ValueNoInteger_IsRefused(string value)
    {
        Given($"SET k \"{value}\"");
        Expect(Resp.NotInteger, "INCR k");
        Expect(Resp.NotInteger, $"INCRBY other \"{value}\"");
        Expect(Resp.NotInteger, $"DECRBY other \"{value}\"");
        Expect(Resp.Bulk(value), "GET k");
    }

    [TestMethod]
    public void Incr_BeyondRange_IsRefused()
    {
        string overflow = Resp.Error("ERR increment or decrement would overflow");
        Given("SET max 9223372036854775806", "SET min -9223372036854775807");
        Expect(Resp.Integer(long.MaxValue), "INCR max");
        Expect(overflow, "INCR max");
        Expect(overflow, "INCRBY max 9223372036854775807");
        Expect(Resp.Integer(long.MinValue), "DECR min");
        Expect(overflow, "DECR min");
        Expect(overflow, "INCRBY min -9223372036854775808");
        Expect(Resp.Integer(-1), "INCRBY min 9223372036854775807");
        Expect(Resp.Bulk("9223372036854775807"), "GET max");
    }

    [TestMethod]
    public void Decrby_LeastInteger_CannotBeNegated() =>
        Expect(Resp.Error("ERR decrement would overflow"), "DECRBY k -9223372036854775808");

    [TestMethod]
    public void Incr_OtherType_IsRefusedAfterTheAmount()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "INCR k");
        Expect(Resp.NotInteger, "INCRBY k x");
        Expect(Resp.WrongType, "INCRBY k 1");
    }

    [TestMethod]
    public void Incr_AfterSetAndDel_StartsFromWhatTheyLeft()
    {
        Given("INCRBY k 5", "SET k 10");
        Expect(Resp.Integer(11), "INCR k");
        Given("DEL k");
        Expect(Resp.Integer(1), "INCR k");
        Given("INCRBY k 8", "SET k 1 KEEPTTL");
        Expect(Resp.Integer(2), "INCR k");
    }

    [TestMethod]
    public void Incr_AfterExpiry_StartsFromZero()
    {
        Given("SET k 10 PX 5", "INCR k");
        Keyspace.Advance(5);
        Expect(Resp.Integer(1), "INCR k");
        Expect(Resp.Integer(-1), "TTL k");
    }

    [TestMethod]
    public async Task Incr_AfterRestart_GoesOn()
    {
        Given("SET k 10", "INCR k", "INCRBYFLOAT f 0.5", "EXPIRE k 100");
        await Keyspace.ReopenAsync();
        Expect(Resp.Integer(12), "INCR k");
        Expect(Resp.Bulk("1"), "INCRBYFLOAT f 0.5");
        Expect(Resp.Integer(100), "TTL k");
    }
}
