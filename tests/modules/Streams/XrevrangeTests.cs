using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XrevrangeTests : CommandTests
{
    [TestMethod]
    public void Xrevrange_Bounds_StandTheOtherWayRound()
    {
        Given("XADD x 1-1 f 1", "XADD x 1-2 f 2", "XADD x 2-0 f 3");
        Expect(
            Resp.Array(StreamReading.Entry("1-2", "f", "2"), StreamReading.Entry("1-1", "f", "1")), "XREVRANGE x (2-0 1");
        Expect(Resp.Array(StreamReading.Entry("2-0", "f", "3")), "XREVRANGE x + - COUNT 1");
        Expect(Resp.Array(), "XREVRANGE x - +");
    }
}
