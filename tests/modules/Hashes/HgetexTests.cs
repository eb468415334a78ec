using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HgetexTests : HashCommandTests
{
    [TestMethod]
    public void Hgetex_NoOption_OnlyReads()
    {
        Given("HSET h a 1", "HEXPIRE h 10 FIELDS 1 a");
        Expect(Resp.Bulks("1", null), "HGETEX h FIELDS 2 a none");
        Expect(Resp.Bulks(null, null), "HGETEX none FIELDS 2 a b");
        Expect(Integers(10), "HTTL h FIELDS 1 a");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("EX 20")]
    [DataRow("px 20000")]
    [DataRow("EXAT 1735689620")]
    [DataRow("PXAT 1735689620000")]
    public void Hgetex_Time_IsGivenToTheFields(string option)
    {
        Given("HSET h a 1 b 2", "HINCRBY h n 3", "HEXPIRE h 10 FIELDS 1 a");
        Expect(Resp.Bulks("1", "3", null), $"HGETEX h {option} FIELDS 3 a n none");
        ExpectEvents("h hexpire h");
        Expect(Integers(20, -1, 20), "HTTL h FIELDS 3 a b n");
    }

    [TestMethod]
    public void Hgetex_TimePast_RemovesTheFields()
    {
        Given("HSET h a 1 b 2");
        Expect(Resp.Bulks("1", null), "HGETEX h EX 0 FIELDS 2 a a");
        ExpectEvents("h hdel h");
        Expect(Resp.Bulks("2"), "HGETEX h PXAT 1 FIELDS 1 b");
        ExpectEvents("h hdel h", "g del h");
    }

    [TestMethod]
    public void Hgetex_Persist_TakesDeadlinesAway()
    {
        Given("HSET h a 1 b 2", "HEXPIRE h 10 FIELDS 1 a");
        Expect(Resp.Bulks("1", "2"), "HGETEX h PERSIST FIELDS 2 a b");
        ExpectEvents("h hpersist h");
        Expect(Resp.Bulks("1", "2"), "HGETEX h PERSIST FIELDS 2 a b");
        ExpectEvents();
        Expect(Integers(-1, -1), "HTTL h FIELDS 2 a b");
    }

    [TestMethod]
    [DataRow("HGETEX h FOO 1 a", "ERR Mandatory argument FIELDS is missing or not at the right position")]
    [DataRow("HGETEX h EX 10 1 a", "ERR Mandatory argument FIELDS is missing or not at the right position")]
    [DataRow("HGETEX h EX 10 PERSIST FIELDS 1 a", "ERR Mandatory argument FIELDS is missing or not at the right position")]
    [DataRow("HGETEX h EX x FIELDS 1 a", "ERR value is not an integer or out of range")]
    [DataRow("HGETEX h EX -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0")]
    [DataRow("HGETEX h EX 70368744178 FIELDS 1 a", "ERR invalid expire time in 'hgetex' command")]
    [DataRow("HGETEX h FIELDS 0 a", "ERR Number of fields must be a positive integer")]
    [DataRow("HGETEX h FIELDS 2 a", "ERR The `numfields` parameter must match the number of arguments")]
    [DataRow("HGETEX k FIELDS 1 a", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hgetex_Mistakes_AreReported(string line, string error)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Resp.Error(error), line);
        Expect(Integers(-1), "HTTL h FIELDS 1 a");
    }
}
