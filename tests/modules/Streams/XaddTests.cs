using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

[TestClass]
public sealed class XaddTests : CommandTests
{
    [TestMethod]
    public void Xadd_Star_GivesTheTimeAndThenTheNextSequence()
    {
        string now = $"{KeyspaceRunner.StartMilliseconds}";
        Expect(Resp.Bulk($"{now}-0"), "XADD x * f 1");
        ExpectEvents("t xadd x");
        Expect(Resp.Bulk($"{now}-1"), "XADD x * f 2");
        Expect(Resp.Bulk($"{now}-2"), "XADD x * f 3");
    }

    [TestMethod]
    public void Xadd_SmallerId_IsRefused()
    {
        Given("XADD x 5-3 f 1");
        const string TooSmall = "ERR The ID specified in XADD is equal or smaller than the target stream top item";
        Expect(Resp.Error(TooSmall), "XADD x 5-3 f 2");
        Expect(Resp.Error(TooSmall), "XADD x 4-* f 2");
        Expect(Resp.Bulk("5-4"), "XADD x 5-* f 2");
        Expect(Resp.Error("ERR The ID specified in XADD must be greater than 0-0"), "XADD y 0-0 f 1");
        Expect(Resp.Bulk("0-1"), "XADD y 0-* f 1");
    }

    [TestMethod]
    public void Xadd_AfterTheNewestWasDeleted_GoesOnBehindIt()
    {
        Given("XADD x 5-1 f 1", "XDEL x 5-1");
        Expect(Resp.Bulk("5-2"), "XADD x 5-* f 2");
        Given("DEL x");
        Expect(Resp.Bulk("1-1"), "XADD x 1-1 f 1");
    }

    [TestMethod]
    public async Task Xadd_LastIdUsed_IsRefusedForEver()
    {
        Given("XADD x 18446744073709551615-18446744073709551615 f 1");
        const string Exhausted = "ERR The stream has exhausted the last possible ID, unable to add more items";
        Expect(Resp.Error(Exhausted), "XADD x * f 2");
        await Keyspace.ReopenAsync();
        Expect(Resp.Error(Exhausted), "XADD x * f 2");
    }

    [TestMethod]
    public void Xadd_NoMakeStream_AnswersNothing()
    {
        Expect(Resp.Nil, "XADD x NOMKSTREAM * f 1");
        Expect(Resp.Integer(0), "EXISTS x");
    }

    [TestMethod]
    public void Xadd_Trimming_RemovesTheOldest()
    {
        Given("XADD x 1-1 f 1", "XADD x 2-1 f 2");
        Expect(Resp.Bulk("3-1"), "XADD x MAXLEN 2 3-1 f 3");
        ExpectEvents("t xadd x", "t xtrim x");
        Expect(Resp.Bulk("4-1"), "XADD x MINID = 4 4-1 f 4");
        Expect(Resp.Array(StreamReading.Entry("4-1", "f", "4")), "XRANGE x - +");
    }

    [TestMethod]
    public void Xadd_OddFields_IsRefused() =>
        Expect(Resp.Error("ERR wrong number of arguments for 'xadd' command"), "XADD x * f 1 g");

    [TestMethod]
    public void Xadd_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "XADD k * f 1");
    }
}
