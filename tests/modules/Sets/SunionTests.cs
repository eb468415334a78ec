using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SunionTests : SetCommandTests
{
    [TestMethod]
    public void Sunion_SomeSets_AnswersEachMemberOnce()
    {
        Given("SADD a 1 2 3", "SADD b 2 3 4", "SADD c 3 0");
        ExpectMembers(["0", "1", "2", "3", "4"], "SUNION a none b c a");
        Expect(Resp.Array(), "SUNION none");
    }

    [TestMethod]
    public void Sunion_Resp3_AnswersSet()
    {
        Given("SADD a 1");
        Assert.AreEqual(Resp.Set(Resp.Bulk("1")), Keyspace.Run3("SUNION a none"));
    }

    [TestMethod]
    public void Sunion_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SUNION none k");
    }
}
