using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class StrlenTests : CommandTests
{
    [TestMethod]
    public void Strlen_AnyValue_CountsVisibleBytes()
    {
        Expect(Resp.Integer(0), "STRLEN k");
        Given("""SET k "a\x00\xff" """, "SET n 99", "INCR n");
        Expect(Resp.Integer(3), "STRLEN k");
        Expect(Resp.Integer(3), "STRLEN n");
    }

    [TestMethod]
    public void Strlen_OtherType_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "STRLEN k");
    }
}
