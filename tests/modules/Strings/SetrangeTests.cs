using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class SetrangeTests : CommandTests
{
    [TestMethod]
    public void Setrange_KeyAbsent_FillsGapWithZeros()
    {
        Expect(Resp.Integer(4), "SETRANGE k 1 foo");
        Expect(Resp.Bulk("\0foo"), "GET k");
        ExpectEvents("$ setrange k");
    }

    [TestMethod]
    public void Setrange_Inside_OverwritesAndKeepsDeadline()
    {
        Given("SET k Hello EX 100");
        Expect(Resp.Integer(5), "SETRANGE k 1 aaa");
        Expect(Resp.Bulk("Haaao"), "GET k");
        Expect(Resp.Integer(7), "SETRANGE k 4 xyz");
        Expect(Resp.Bulk("Haaaxyz"), "GET k");
        Expect(Resp.Integer(100), "TTL k");
    }

    [TestMethod]
    public void Setrange_Counter_FreezesIt()
    {
        Given("SET k 1233", "INCR k");
        Expect(Resp.Integer(4), "SETRANGE k 1 00");
        Expect(Resp.Integer(1005), "INCR k");
    }

    [TestMethod]
    public void Setrange_Nothing_ChangesNothing()
    {
        Expect(Resp.Integer(0), """SETRANGE k 10 "" """);
        Expect(Resp.Integer(0), "EXISTS k");
        Given("SET k abc");
        Expect(Resp.Integer(3), """SETRANGE k 10 "" """);
        ExpectEvents();
    }

    [TestMethod]
    public void Setrange_Mistakes_AreReported()
    {
        string tooLong = Resp.Error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        Given("BAG.PUT bag a 1", "SET k abc");
        Expect(Resp.NotInteger, "SETRANGE k x v");
        Expect(Resp.Error("ERR offset is out of range"), "SETRANGE k -1 v");
        Expect(Resp.Error("ERR offset is out of range"), "SETRANGE bag -1 v");
        Expect(Resp.WrongType, "SETRANGE bag 1 v");
        Expect(Resp.WrongType, """SETRANGE bag 1 "" """);
        Expect(tooLong, "SETRANGE k 536870912 v");
        Expect(tooLong, "SETRANGE none 9223372036854775807 v");
        Expect(Resp.Bulk("abc"), "GET k");
    }
}
