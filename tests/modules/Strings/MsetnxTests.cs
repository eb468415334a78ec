using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class MsetnxTests : CommandTests
{
    [TestMethod]
    public void Msetnx_NoneExists_SetsAll()
    {
        Expect(Resp.Integer(1), "MSETNX a 1 b 2 a 3");
        Expect(Resp.Bulks("3", "2"), "MGET a b");
        ExpectEvents("$ set a", "$ set b", "$ set a");
    }

    [TestMethod]
    public void Msetnx_OneExists_SetsNone()
    {
        Given("BAG.PUT b a 1");
        Expect(Resp.Integer(0), "MSETNX a 1 b 2");
        Expect(Resp.Integer(0), "EXISTS a");
        ExpectEvents();
    }

    [TestMethod]
    public void Msetnx_KeyWithoutValue_IsRefused() =>
        Expect(Resp.Error("ERR wrong number of arguments for 'msetnx' command"), "MSETNX a 1 b");
}
