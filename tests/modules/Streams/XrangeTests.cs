using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XrangeTests : CommandTests
{
    [TestMethod]
    public void Xrange_Bounds_AreIncludedUnlessOpen()
    {
        Given("XADD x 1-1 f 1", "XADD x 1-2 f 2", "XADD x 2-0 f 3");
        Expect(
            Resp.Array(StreamReading.Entry("1-1", "f", "1"), StreamReading.Entry("1-2", "f", "2")), "XRANGE x 1 1");
        Expect(Resp.Array(StreamReading.Entry("1-2", "f", "2")), "XRANGE x (1-1 (2-0");
        Expect(Resp.Array(StreamReading.Entry("1-1", "f", "1")), "XRANGE x - + COUNT 1");
        Expect(Resp.NilArray, "XRANGE x - + COUNT 0");
        Expect(Resp.Array(), "XRANGE none - +");
    }

    [TestMethod]
    public void Xrange_Mistakes_AreToldAsRedisDoes()
    {
        Expect(Resp.Error("ERR Invalid stream ID specified as stream command argument"), "XRANGE x a +");
        Expect(
            Resp.Error("ERR invalid start ID for the interval"), "XRANGE x (18446744073709551615-18446744073709551615 +");
        Expect(Resp.Error("ERR invalid end ID for the interval"), "XRANGE x - (0-0");
        Expect(Resp.SyntaxError, "XRANGE x - + COUNT");
    }

    [TestMethod]
    public void Xrange_EntriesOfSeveralOrigins_AreInTheOrderOfIds()
    {
        // What RESTORE brings is of no origin; what is added then is this node's.
        Given("XADD y 1-1 f 1", "XADD y 5-1 f 5");
        string dump = RespReading.String(Run("DUMP y"));
        Keyspace.Connection.RunArguments("RESTORE", "x", "0", dump);
        Given("XADD x 6-1 f 6", "XDEL x 5-1");
        Expect(
            Resp.Array(StreamReading.Entry("1-1", "f", "1"), StreamReading.Entry("6-1", "f", "6")), "XRANGE x - +");
        Expect(
            Resp.Array(StreamReading.Entry("6-1", "f", "6"), StreamReading.Entry("1-1", "f", "1")), "XREVRANGE x + -");
        Given("XGROUP CREATE x g 0");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))),
            "XREADGROUP GROUP g c COUNT 1 STREAMS x >");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("6-1", "f", "6"))),
            "XREADGROUP GROUP g c COUNT 5 STREAMS x >");
        Expect(Resp.Integer(2), "XACK x g 1-1 6-1");
    }
}
