using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class SetTests : CommandTests
{
    [TestMethod]
    public void Set_Plain_ReplacesValueAndDeadline()
    {
        Expect(Resp.Ok, "SET k a EX 100");
        Expect(Resp.Ok, "set k b");
        Expect(Resp.Bulk("b"), "GET k");
        Expect(Resp.Integer(-1), "TTL k");
        ExpectEvents("$ set k", "g expire k", "$ set k");
    }

    [TestMethod]
    public void Set_OtherType_ReplacesIt()
    {
        Given("BAG.PUT k a 1", "EXPIRE k 100");
        Expect(Resp.Ok, "SET k v");
        Expect(Resp.Simple("string"), "TYPE k");
        Expect(Resp.Integer(-1), "TTL k");
    }

    [TestMethod]
    [DataRow("EX 10", 10_000L)]
    [DataRow("ex 10", 10_000L)]
    [DataRow("PX 1500", 1_500L)]
    [DataRow("EX 5 EX 10", 10_000L)]
    public void Set_RelativeExpiry_CountsFromNow(string options, long milliseconds)
    {
        Expect(Resp.Ok, $"SET k v {options}");
        Expect(Resp.Integer(milliseconds), "PTTL k");
    }

    [TestMethod]
    public void Set_AbsoluteExpiry_IsTaken()
    {
        Expect(Resp.Ok, "SET k v EXAT 1900000000");
        Expect(Resp.Integer(1_900_000_000_000), "PEXPIRETIME k");
        Expect(Resp.Ok, "SET k v PXAT 1900000000001");
        Expect(Resp.Integer(1_900_000_000_001), "PEXPIRETIME k");
    }

    [TestMethod]
    public void Set_AbsoluteExpiryInPast_LeavesNothing()
    {
        Given("SET k old");
        Expect(Resp.Ok, "SET k v EXAT 1");
        Expect(Resp.Nil, "GET k");
        Expect(Resp.Integer(0), "EXISTS k");
    }

    [TestMethod]
    public void Set_KeepTtl_KeepsDeadline()
    {
        Given("SET k a EX 100");
        Expect(Resp.Ok, "SET k b KEEPTTL");
        Expect(Resp.Integer(100), "TTL k");
        Expect(Resp.Bulk("b"), "GET k");
    }

    [TestMethod]
    public void Set_IfAbsent_LeavesExistingKeyOfAnyType()
    {
        Expect(Resp.Ok, "SET k a NX EX 10");
        Expect(Resp.Nil, "SET k b NX");
        Expect(Resp.Bulk("a"), "GET k");
        Given("BAG.PUT bag a 1");
        Expect(Resp.Nil, "SET bag b NX");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("SET k b NX"));
    }

    [TestMethod]
    public void Set_IfAbsentAfterExpiry_Writes()
    {
        Given("SET k a PX 10");
        Keyspace.Advance(10);
        Expect(Resp.Ok, "SET k b NX");
        Expect(Resp.Integer(-1), "PTTL k");
    }

    [TestMethod]
    public void Set_IfPresent_LeavesAbsentKey()
    {
        Expect(Resp.Nil, "SET k a XX");
        Expect(Resp.Integer(0), "EXISTS k");
        Given("BAG.PUT k a 1");
        Expect(Resp.Ok, "SET k a XX");
        Expect(Resp.Bulk("a"), "GET k");
    }

    [TestMethod]
    public void Set_Get_AnswersOldValueWhateverHappens()
    {
        Expect(Resp.Nil, "SET k a GET");
        Expect(Resp.Bulk("a"), "SET k b GET EX 10");
        Expect(Resp.Bulk("b"), "SET k c NX GET");
        Expect(Resp.Bulk("b"), "SET k c GET XX");
        Expect(Resp.Bulk("c"), "GET k");
        Expect(Resp.Nil, "SET new v GET NX");
        Expect(Resp.Bulk("v"), "GET new");
        Expect(Resp.Nil, "SET other v XX GET");
        Expect(Resp.Integer(0), "EXISTS other");
    }

    [TestMethod]
    public void Set_GetOfCounter_AnswersItsValue()
    {
        Given("INCRBY k 7");
        Expect(Resp.Bulk("7"), "SET k 1 GET");
        Expect(Resp.Bulk("1"), "GET k");
    }

    [TestMethod]
    public void Set_GetOfOtherType_IsRefusedAndWritesNothing()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "SET k v GET");
        Expect(Resp.Simple("bag"), "TYPE k");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("NX XX")]
    [DataRow("XX NX")]
    [DataRow("EX")]
    [DataRow("EX 10 PX 10")]
    [DataRow("EX 10 EXAT 10")]
    [DataRow("KEEPTTL EX 10")]
    [DataRow("EX 10 KEEPTTL")]
    [DataRow("PERSIST")]
    [DataRow("FOO")]
    [DataRow("EX x NX XX")]
    public void Set_OptionsThatMakeNoSense_AreSyntaxErrors(string options) =>
        Expect(Resp.SyntaxError, $"SET k v {options}");

    [TestMethod]
    [DataRow("EX 0")]
    [DataRow("PX -1")]
    [DataRow("EXAT 0")]
    [DataRow("PXAT -5")]
    [DataRow("EX 9223372036854775807")]
    [DataRow("EX 9223372036854776")]
    [DataRow("PX 9223372036854775807")]
    [DataRow("EXAT 9223372036854776")]
    public void Set_ExpiryOutOfRange_IsRefused(string options) =>
        Expect(Resp.Error("ERR invalid expire time in 'set' command"), $"SET k v {options}");

    [TestMethod]
    public void Set_ExpiryNoInteger_IsRefusedBeforeTheTypeIsLookedAt()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.NotInteger, "SET k v GET EX 1.5");
    }

    [TestMethod]
    public void Set_LatestDeadline_StaysADeadline()
    {
        Expect(Resp.Ok, "SET k v PXAT 9223372036854775807");
        Assert.AreNotEqual(Resp.Integer(-1), Run("PTTL k"));
    }
}
