using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SdiffstoreTests : SetCommandTests
{
    [TestMethod]
    public void Sdiffstore_SomeSets_StoresWhatOnlyTheFirstHas()
    {
        Given("SADD a 1 2 3", "SADD b 2");
        Expect(Resp.Integer(2), "SDIFFSTORE b a b");
        ExpectEvents("s sdiffstore b");
        ExpectMembers(["1", "3"], "SMEMBERS b");
    }

    [TestMethod]
    public void Sdiffstore_EmptyResult_LeavesNoKey()
    {
        Given("SADD a 1");
        Expect(Resp.Integer(0), "SDIFFSTORE a a a");
        ExpectEvents("g del a");
    }

    [TestMethod]
    public void Sdiffstore_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SDIFFSTORE d none k");
    }
}
