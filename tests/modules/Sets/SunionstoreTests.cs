using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SunionstoreTests : SetCommandTests
{
    [TestMethod]
    public void Sunionstore_SomeSets_StoresEachMemberOnce()
    {
        Given("SADD a 1 2", "SADD b 2 3", "EXPIRE a 100");
        Expect(Resp.Integer(3), "SUNIONSTORE a a b");
        ExpectEvents("s sunionstore a");
        ExpectMembers(["1", "2", "3"], "SMEMBERS a");
        Expect(Resp.Integer(-1), "TTL a");
    }

    [TestMethod]
    public void Sunionstore_EmptyResult_LeavesNoKey()
    {
        Given("SET d x");
        Expect(Resp.Integer(0), "SUNIONSTORE d none nothing");
        ExpectEvents("g del d");
        Expect(Resp.Integer(0), "EXISTS d");
    }

    [TestMethod]
    public void Sunionstore_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SUNIONSTORE d k");
    }
}
