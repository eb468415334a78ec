using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XsetidTests : CommandTests
{
    [TestMethod]
    public void Xsetid_Id_IsWhereXaddGoesOn()
    {
        Given("XADD x 5-1 f 1", "XSETID x 9-9 ENTRIESADDED 7 MAXDELETEDID 4-4");
        Expect(Resp.Bulk("9-10"), "XADD x 9-* f 2");
        Assert.Contains(Resp.Bulk("max-deleted-entry-id") + Resp.Bulk("4-4"), Run("XINFO STREAM x"));
        Given("DEL x", "XADD x 1-1 f 1", "XDEL x 1-1", "XSETID x 0-5");
        Expect(Resp.Bulk("0-6"), "XADD x 0-* f 1");
    }

    [TestMethod]
    public void Xsetid_Mistakes_AreToldAsRedisDoes()
    {
        Expect(Resp.Error("ERR no such key"), "XSETID none 1-1");
        Given("XADD x 5-1 f 1");
        Expect(
            Resp.Error("ERR The ID specified in XSETID is smaller than the target stream top item"), "XSETID x 5-0");
        Expect(
            Resp.Error("ERR The entries_added specified in XSETID is smaller than the target stream length"),
            "XSETID x 6-0 ENTRIESADDED 0");
        Expect(
            Resp.Error("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id"),
            "XSETID x 6-0 MAXDELETEDID 7-0");
    }
}
