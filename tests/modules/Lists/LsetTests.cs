using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LsetTests : ListCommandTests
{
    [TestMethod]
    public void Lset_Index_ReplacesTheElement()
    {
        Given("RPUSH l a b c");
        Expect(Resp.Ok, "LSET l 0 x");
        Expect(Resp.Ok, "LSET l -1 \"\"");
        Expect(Resp.Ok, "LSET l 0 y");
        ExpectList("l", "y", "b", "");
        ExpectEvents("l lset l", "l lset l", "l lset l");
    }

    [TestMethod]
    public async Task Lset_AfterRestart_IsStillThere()
    {
        Given("RPUSH l a b", "LSET l 0 x", "LSET l 0 y");
        await Keyspace.CrashAsync();
        ExpectList("l", "y", "b");
        Given("LSET l 0 z", "LPOP l");
        await Keyspace.ReopenAsync();
        ExpectList("l", "b");
        await Keyspace.CrashAsync();
        ExpectList("l", "b");
    }

    [TestMethod]
    public void Lset_SetElement_CanBeMovedCopiedAndRemoved()
    {
        Given("RPUSH l a b", "LSET l 0 x", "COPY l m", "RENAME l n");
        ExpectList("m", "x", "b");
        ExpectList("n", "x", "b");
        Given("LSET m 0 y");
        Expect(Resp.Integer(1), "LREM m 0 y");
        Expect(Resp.Bulk("x"), "LPOP n");
        ExpectList("m", "b");
    }

    [TestMethod]
    public void Lset_Mistakes_AreFoundInRedissOrder()
    {
        Given("RPUSH l a b", "SET s v");
        Expect(Resp.Error("ERR no such key"), "LSET none x v");
        Expect(Resp.WrongType, "LSET s x v");
        Expect(Resp.Error("ERR value is not an integer or out of range"), "LSET l x v");
        Expect(Resp.Error("ERR index out of range"), "LSET l 2 v");
        Expect(Resp.Error("ERR index out of range"), "LSET l -3 v");
        ExpectEvents();
    }
}
