using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
[Covers(
    "XGROUP|CREATE", "XGROUP|CREATECONSUMER", "XGROUP|DELCONSUMER", "XGROUP|DESTROY", "XGROUP|HELP", "XGROUP|SETID")]
public sealed class XgroupTests : CommandTests
{
    [TestMethod]
    public void XgroupCreate_Options_SayWhereItBegins()
    {
        Given("XADD x 1-1 f 1");
        Expect(Resp.Ok, "XGROUP CREATE x g $");
        ExpectEvents("t xgroup-create x");
        Expect(Resp.Error("BUSYGROUP Consumer Group name already exists"), "XGROUP CREATE x g 0");
        Expect(Resp.NilArray, "XREADGROUP GROUP g c STREAMS x >");
        const string NoKey = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to " +
            "use the MKSTREAM option to create an empty stream automatically.";
        Expect(Resp.Error(NoKey), "XGROUP CREATE y g $");
        Expect(Resp.Ok, "XGROUP CREATE y g $ MKSTREAM");
        Expect(Resp.Integer(0), "XLEN y");
        Expect(Resp.Error("ERR value for ENTRIESREAD must be positive or -1"), "XGROUP CREATE y h $ ENTRIESREAD -2");
    }

    [TestMethod]
    public void XgroupSetid_Back_GivesEntriesAgain()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        Expect(Resp.Ok, "XGROUP SETID x g 0");
        ExpectEvents("t xgroup-setid x");
        Expect(
            Resp.Array(StreamReading.Stream("x", StreamReading.Entry("1-1", "f", "1"))),
            "XREADGROUP GROUP g other STREAMS x >");
        Expect(Resp.Array(StreamReading.Stream("x")), "XREADGROUP GROUP g c STREAMS x 0");
        Expect(
            Resp.Error("NOGROUP No such consumer group 'none' for key name 'x'"), "XGROUP SETID x none 0");
    }

    [TestMethod]
    public void XgroupDestroy_Group_GoesWithAllItHas()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >");
        Expect(Resp.Integer(1), "XGROUP DESTROY x g");
        ExpectEvents("t xgroup-destroy x");
        Expect(Resp.Integer(0), "XGROUP DESTROY x g");
        Given("XGROUP CREATE x g 0");
        Expect(Resp.Array(), "XINFO CONSUMERS x g");
        Expect(Resp.Array(Resp.Integer(0), Resp.Nil, Resp.Nil, Resp.NilArray), "XPENDING x g");
    }

    [TestMethod]
    public void XgroupConsumers_ComeAndGo()
    {
        Given("XADD x 1-1 f 1", "XGROUP CREATE x g 0");
        Expect(Resp.Integer(1), "XGROUP CREATECONSUMER x g c");
        ExpectEvents("t xgroup-createconsumer x");
        Expect(Resp.Integer(0), "XGROUP CREATECONSUMER x g c");
        Given("XREADGROUP GROUP g c STREAMS x >");
        Expect(Resp.Integer(1), "XGROUP DELCONSUMER x g c");
        ExpectEvents("t xgroup-delconsumer x");
        Expect(Resp.Integer(0), "XGROUP DELCONSUMER x g c");
        Expect(Resp.Array(Resp.Integer(0), Resp.Nil, Resp.Nil, Resp.NilArray), "XPENDING x g");
    }

    [TestMethod]
    public void XgroupHelp_IsThere() => Assert.Contains("MKSTREAM", Run("XGROUP HELP"));
}
