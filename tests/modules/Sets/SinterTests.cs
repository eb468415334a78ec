using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SinterTests : SetCommandTests
{
    [TestMethod]
    public void Sinter_SomeSets_AnswersWhatAllHave()
    {
        Given("SADD a 1 2 3 4", "SADD b 2 3 4 5", "SADD c 0 3 4 9");
        ExpectMembers(["3", "4"], "SINTER a b c");
        ExpectMembers(["1", "2", "3", "4"], "SINTER a");
        ExpectMembers(["1", "2", "3", "4"], "SINTER a a");
        Expect(Resp.Array(), "SINTER a b none");
    }

    [TestMethod]
    public void Sinter_SmallAndLargeSet_LooksMembersUp()
    {
        Given($"SADD large {string.Join(' ', Enumerable.Range(0, 1000))}", "SADD small 5 x 500 999 1000");
        ExpectMembers(["5", "500", "999"], "SINTER large small");
    }

    [TestMethod]
    public void Sinter_Resp3_AnswersSet()
    {
        Given("SADD a 1 2", "SADD b 2");
        Assert.AreEqual(Resp.Set(Resp.Bulk("2")), Keyspace.Run3("SINTER a b"));
        Assert.AreEqual(Resp.Set(), Keyspace.Run3("SINTER a none"));
    }

    [TestMethod]
    public void Sinter_OtherType_IsRefusedWhateverElseIsAbsent()
    {
        Given("SADD a 1", "SET k v");
        Expect(Resp.WrongType, "SINTER none k");
        Expect(Resp.WrongType, "SINTER a k");
    }
}
