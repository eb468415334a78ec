using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class MsetTests : CommandTests
{
    [TestMethod]
    public void Mset_Pairs_SetsAllAndDropsDeadlines()
    {
        Given("SET a old EX 10", "BAG.PUT b a 1");
        Expect(Resp.Ok, "MSET a 1 b 2 c 3 c 4");
        Expect(Resp.Bulks("1", "2", "4"), "MGET a b c");
        Expect(Resp.Integer(-1), "TTL a");
        ExpectEvents("$ set a", "$ set b", "$ set c", "$ set c");
    }

    [TestMethod]
    public async Task Mset_OneKeyTwice_LastValueSurvivesRestart()
    {
        Given("INCR c", "MSET a 1 a 2 c 1 c 2");
        await Keyspace.CrashAsync();
        Expect(Resp.Bulks("2", "2"), "MGET a c");
    }

    [TestMethod]
    public void Mset_KeyWithoutValue_IsRefused()
    {
        Expect(Resp.Error("ERR wrong number of arguments for 'mset' command"), "MSET a 1 b");
        Expect(Resp.Integer(0), "EXISTS a");
    }
}
