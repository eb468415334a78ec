using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("TOUCH")]
[TestClass]
public sealed class ExistsTests : CommandTests
{
    [TestMethod]
    public void Exists_RepeatedKeys_CountEachTime()
    {
        Given("SET a 1", "BAG.PUT b x 1");
        Expect(Resp.Integer(4), "EXISTS a a b none a");
        Expect(Resp.Integer(0), "EXISTS none");
    }

    [TestMethod]
    public void Touch_AnyKeys_CountsThoseThatExist()
    {
        Given("SET a 1", "BAG.PUT b x 1");
        Expect(Resp.Integer(3), "TOUCH a b none a");
        ExpectEvents();
    }
}
