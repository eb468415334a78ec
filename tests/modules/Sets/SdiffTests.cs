using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SdiffTests : SetCommandTests
{
    [TestMethod]
    public void Sdiff_SomeSets_AnswersWhatOnlyTheFirstHas()
    {
        Given("SADD a 1 2 3 4", "SADD b 2", "SADD c 4 5");
        ExpectMembers(["1", "3"], "SDIFF a b c none");
        Expect(Resp.Array(), "SDIFF a a");
        Expect(Resp.Array(), "SDIFF none a");
        ExpectMembers(["1", "2", "3", "4"], "SDIFF a none");
    }

    [TestMethod]
    public void Sdiff_SmallAndLargeSet_LooksMembersUp()
    {
        Given($"SADD large {string.Join(' ', Enumerable.Range(0, 1000))}", "SADD small 5 x 500 999 1000");
        ExpectMembers(["1000", "x"], "SDIFF small large");
    }

    [TestMethod]
    public void Sdiff_Resp3_AnswersSet()
    {
        Given("SADD a 1");
        Assert.AreEqual(Resp.Set(Resp.Bulk("1")), Keyspace.Run3("SDIFF a none"));
    }

    [TestMethod]
    public void Sdiff_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SDIFF none k");
    }
}
