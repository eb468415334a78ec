using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SinterstoreTests : SetCommandTests
{
    [TestMethod]
    public void Sinterstore_SomeSets_StoresWhatAllHave()
    {
        Given("SADD a 1 2 3", "SADD b 2 3 4");
        Expect(Resp.Integer(2), "SINTERSTORE d a b");
        ExpectEvents("s sinterstore d");
        ExpectMembers(["2", "3"], "SMEMBERS d");
    }

    [TestMethod]
    public void Sinterstore_Destination_IsReplacedWhateverItWas()
    {
        Given("SADD a 1", "SET d v EX 100");
        Expect(Resp.Integer(1), "SINTERSTORE d a");
        ExpectEvents("s sinterstore d");
        Expect(Resp.Integer(-1), "TTL d");
        Expect(Resp.Bulks("1"), "SMEMBERS d");
    }

    [TestMethod]
    public void Sinterstore_DestinationAmongSources_IsReadFirst()
    {
        Given("SADD a 1 2 3", "SADD b 2 3 4");
        Expect(Resp.Integer(2), "SINTERSTORE a a b");
        ExpectMembers(["2", "3"], "SMEMBERS a");
    }

    [TestMethod]
    public void Sinterstore_EmptyResult_LeavesNoKey()
    {
        Given("SADD a 1", "SADD d x");
        Expect(Resp.Integer(0), "SINTERSTORE d a none");
        ExpectEvents("g del d");
        Expect(Resp.Integer(0), "EXISTS d");
        Expect(Resp.Integer(0), "SINTERSTORE d a none");
        ExpectEvents();
    }

    [TestMethod]
    public void Sinterstore_OtherType_IsRefusedAndChangesNothing()
    {
        Given("SADD d x", "SET k v");
        Expect(Resp.WrongType, "SINTERSTORE d none k");
        Expect(Resp.Bulks("x"), "SMEMBERS d");
    }
}
