using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HgetdelTests : HashCommandTests
{
    [TestMethod]
    public void Hgetdel_Fields_AreAnsweredAndRemoved()
    {
        Given("HSET h a 1 b 2 c 3", "HINCRBY h n 4");
        Expect(Resp.Bulks("1", null, "4", null), "HGETDEL h FIELDS 4 a none n a");
        ExpectEvents("h hdel h");
        ExpectHash("h", ("b", "2"), ("c", "3"));
        Expect(Resp.Bulks("2", "3"), "HGETDEL h FIELDS 2 b c");
        ExpectEvents("h hdel h", "g del h");
        Expect(Resp.Bulks(null, null), "HGETDEL h FIELDS 2 b c");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("HGETDEL h FOO 1 a", "ERR Mandatory argument FIELDS is missing or not at the right position")]
    [DataRow("HGETDEL h FIELDS 0 a", "ERR Number of fields must be a positive integer")]
    [DataRow("HGETDEL h FIELDS 2 a", "ERR The `numfields` parameter must match the number of arguments")]
    [DataRow("HGETDEL h FIELDS 1", "ERR wrong number of arguments for 'hgetdel' command")]
    [DataRow("HGETDEL k FIELDS 1 a", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hgetdel_Mistakes_AreReported(string line, string error)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Resp.Error(error), line);
        Expect(Resp.Integer(1), "HLEN h");
    }
}
