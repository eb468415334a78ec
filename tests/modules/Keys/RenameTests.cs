using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("RENAMENX")]
[TestClass]
public sealed class RenameTests : CommandTests
{
    [TestMethod]
    public void Rename_AnyType_MovesValueAndDeadline()
    {
        Given("SET a v EX 100", "BAG.PUT b x 1", "BAG.PUT b y 2", "PEXPIRE b 5000", "INCRBY n 5");
        Expect(Resp.Ok, "RENAME a a2");
        Expect(Resp.Ok, "RENAME b b2");
        Expect(Resp.Ok, "RENAME n n2");
        ExpectEvents(
            "g rename_from a", "g rename_to a2",
            "g rename_from b", "g rename_to b2",
            "g rename_from n", "g rename_to n2");
        Expect(Resp.Integer(0), "EXISTS a b n");
        Expect(Resp.Bulk("v"), "GET a2");
        Expect(Resp.Integer(100), "TTL a2");
        Expect(Resp.Bulks("x", "y"), "BAG.NAMES b2");
        Expect(Resp.Integer(5_000), "PTTL b2");
        Expect(Resp.Integer(6), "INCR n2");
    }

    [TestMethod]
    public void Rename_DestinationExists_IsReplacedWhatever()
    {
        Given("SET a v", "BAG.PUT b x 1", "EXPIRE b 10");
        Expect(Resp.Ok, "RENAME a b");
        Expect(Resp.Bulk("v"), "GET b");
        Expect(Resp.Integer(-1), "TTL b");
        Given("BAG.PUT c y 1", "BAG.PUT d z 1");
        Expect(Resp.Ok, "RENAME c d");
        Expect(Resp.Bulks("y"), "BAG.NAMES d");
    }

    [TestMethod]
    public void Rename_SameName_NeedsTheKey()
    {
        string noKey = Resp.Error("ERR no such key");
        Expect(noKey, "RENAME a a");
        Expect(noKey, "RENAMENX a a");
        Expect(noKey, "RENAME a b");
        Expect(noKey, "RENAMENX a b");
        Given("SET a v");
        Expect(Resp.Ok, "RENAME a a");
        Expect(Resp.Integer(0), "RENAMENX a a");
        Expect(Resp.Bulk("v"), "GET a");
        ExpectEvents();
    }

    [TestMethod]
    public void Renamenx_DestinationExists_LeavesBoth()
    {
        Given("SET a v", "SET b w");
        Expect(Resp.Integer(0), "RENAMENX a b");
        Expect(Resp.Bulks("v", "w"), "MGET a b");
        Expect(Resp.Integer(1), "RENAMENX a c");
        ExpectEvents("g rename_from a", "g rename_to c");
        Expect(Resp.Bulks(null, "v"), "MGET a c");
    }

    [TestMethod]
    public void Rename_ThereAndBack_KeepsCounting()
    {
        Given("SET a 5", "INCR a", "RENAME a b", "INCR b", "RENAME b a");
        Expect(Resp.Integer(8), "INCR a");
    }
}
