using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class TypeTests : CommandTests
{
    [TestMethod]
    public void Type_AnyKey_AnswersWord()
    {
        Given("SET a 1", "INCR n", "BAG.PUT b x 1", "SET gone 1 PX 1");
        Keyspace.Advance(1);
        Expect(Resp.Simple("string"), "TYPE a");
        Expect(Resp.Simple("string"), "TYPE n");
        Expect(Resp.Simple("bag"), "TYPE b");
        Expect(Resp.Simple("none"), "TYPE gone");
    }
}
