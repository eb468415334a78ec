using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class MgetTests : CommandTests
{
    [TestMethod]
    public void Mget_AnyKeys_AnswersNilForWhatIsNoString()
    {
        Given("SET a 1", "INCR n", "BAG.PUT bag a 1");
        Expect(Resp.Bulks("1", null, "1", null, "1"), "MGET a none n bag a");
    }

    [TestMethod]
    public void Mget_Resp3_UsesItsNull()
    {
        Given("SET a 1");
        Assert.AreEqual(Resp.Array(Resp.Bulk("1"), Resp.Null), Keyspace.Run3("MGET a none"));
    }
}
