using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class CopyTests : CommandTests
{
    [TestMethod]
    public void Copy_AnyType_CopiesValueAndDeadline()
    {
        Given("SET a v EX 100", "BAG.PUT b x 1", "PEXPIRE b 5000", "SET n 5", "INCR n");
        Expect(Resp.Integer(1), "COPY a a2");
        Expect(Resp.Integer(1), "COPY b b2");
        Expect(Resp.Integer(1), "COPY n n2");
        ExpectEvents("g copy_to a2", "g copy_to b2", "g copy_to n2");
        Expect(Resp.Bulks("v", "v", "6", "6"), "MGET a a2 n n2");
        Expect(Resp.Integer(100), "TTL a2");
        Expect(Resp.Bulk("1"), "BAG.GET b2 x");
        Expect(Resp.Integer(5_000), "PTTL b2");
        Expect(Resp.Integer(7), "INCR n2");
        Expect(Resp.Bulk("6"), "GET n");
    }

    [TestMethod]
    public void Copy_DestinationExists_NeedsReplace()
    {
        Given("SET a v", "BAG.PUT b x 1");
        Expect(Resp.Integer(0), "COPY a b");
        Expect(Resp.Integer(1), "COPY a b DB 0 REPLACE");
        Expect(Resp.Bulk("v"), "GET b");
    }

    [TestMethod]
    public void Copy_SourceAbsent_DoesNothing()
    {
        Given("SET b v");
        Expect(Resp.Integer(0), "COPY none b REPLACE");
        Expect(Resp.Bulk("v"), "GET b");
    }

    [TestMethod]
    [DataRow("COPY a a", "ERR source and destination objects are the same")]
    [DataRow("COPY a a REPLACE DB 0", "ERR source and destination objects are the same")]
    [DataRow("COPY a b DB 99", "ERR DB index is out of range")]
    [DataRow("COPY a b DB x", "ERR value is not an integer or out of range")]
    [DataRow("COPY a b DB", "ERR syntax error")]
    [DataRow("COPY a b FOO", "ERR syntax error")]
    public void Copy_Mistakes_AreReported(string line, string error) => Expect(Resp.Error(error), line);
}
