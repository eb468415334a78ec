using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LlenTests : ListCommandTests
{
    [TestMethod]
    public void Llen_AnyKey_CountsElements()
    {
        Given("RPUSH l a b c", "SET s v");
        Expect(Resp.Integer(3), "LLEN l");
        Expect(Resp.Integer(0), "LLEN none");
        Expect(Resp.WrongType, "LLEN s");
    }
}
