using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HpersistTests : HashCommandTests
{
    [TestMethod]
    public void Hpersist_Fields_TakesTheirDeadlinesAway()
    {
        Given("HSET h a 1 b 2", "HINCRBY h n 3", "HEXPIRE h 10 FIELDS 2 a n");
        Expect(Integers(1, -1, -2, 1, -1), "HPERSIST h FIELDS 5 a b none n a");
        ExpectEvents("h hpersist h");
        Keyspace.Advance(10_000);
        ExpectHash("h", ("a", "1"), ("b", "2"), ("n", "3"));
        Expect(Integers(-1), "HPERSIST h FIELDS 1 a");
        Expect(Integers(-2), "HPERSIST none FIELDS 1 a");
        ExpectEvents();
    }

    [TestMethod]
    public void Hpersist_FieldExpired_IsNotThere()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 10 FIELDS 1 a");
        Keyspace.Advance(10);
        Expect(Integers(-2), "HPERSIST h FIELDS 1 a");
    }

    [TestMethod]
    [DataRow("HPERSIST h FOO 1 a", "ERR Mandatory argument FIELDS is missing or not at the right position")]
    [DataRow("HPERSIST h FIELDS 0 a", "ERR Number of fields must be a positive integer")]
    [DataRow("HPERSIST h FIELDS x a", "ERR Number of fields must be a positive integer")]
    [DataRow("HPERSIST h FIELDS 2 a", "ERR The `numfields` parameter must match the number of arguments")]
    [DataRow("HPERSIST h FIELDS 1", "ERR wrong number of arguments for 'hpersist' command")]
    [DataRow("HPERSIST k FOO 1 a", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hpersist_Mistakes_AreReported(string line, string error)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Resp.Error(error), line);
    }
}
