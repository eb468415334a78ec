using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("UNLINK")]
[TestClass]
public sealed class DelTests : CommandTests
{
    [TestMethod]
    [DataRow("DEL")]
    [DataRow("UNLINK")]
    public void Del_ManyKeys_CountsDeleted(string command)
    {
        Given("SET a 1", "INCR b", "BAG.PUT c x 1", "BAG.PUT c y 2");
        Expect(Resp.Integer(3), $"{command} a none b c a");
        Expect(Resp.Integer(0), "EXISTS a b c");
        ExpectEvents("g del a", "g del b", "g del c");
    }

    [TestMethod]
    public void Del_KeyExpired_CountsNothing()
    {
        Given("SET a 1 PX 5");
        Keyspace.Advance(5);
        Expect(Resp.Integer(0), "DEL a");
    }

    [TestMethod]
    public void Del_Collection_ComesBackEmpty()
    {
        Given("BAG.PUT c x 1", "BAG.PUT c y 2", "EXPIRE c 100", "DEL c", "BAG.PUT c z 3");
        Expect(Resp.Bulks("z"), "BAG.NAMES c");
        Expect(Resp.Integer(-1), "TTL c");
    }

    [TestMethod]
    public async Task Del_AfterRestart_StaysDeleted()
    {
        Given("SET a 1", "SET b 1", "BAG.PUT c x 1", "DEL a c");
        await Keyspace.ReopenAsync();
        Expect(Resp.Integer(1), "EXISTS a b c");
    }
}
