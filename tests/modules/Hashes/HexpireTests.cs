using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[Covers("HPEXPIRE", "HEXPIREAT", "HPEXPIREAT")]
[TestClass]
public sealed class HexpireTests : HashCommandTests
{
    private const string Mismatch = "ERR The `numfields` parameter must match the number of arguments";
    private const string NoFields = "ERR Mandatory argument FIELDS is missing or not at the right position";

    [TestMethod]
    public void Hexpire_Fields_LiveThatLong()
    {
        Given("HSET h a 1 b 2 c 3");
        Expect(Integers(1, -2, 1), "HEXPIRE h 10 FIELDS 3 a none b");
        ExpectEvents("h hexpire h");
        Expect(Integers(10, 10, -1), "HTTL h FIELDS 3 a b c");
        Keyspace.Advance(10_000);
        ExpectHash("h", ("c", "3"));
        ExpectEvents("h hexpired h");
    }

    [TestMethod]
    public void Hexpire_AllForms_SetTheSameMoment()
    {
        long at = (Keyspace.Now / 1000) + 20;
        Given("HSET h a 1 b 2 c 3 d 4");
        Expect(Integers(1), "HEXPIRE h 20 FIELDS 1 a");
        Expect(Integers(1), "hpexpire h 20000 fields 1 b");
        Expect(Integers(1), $"HEXPIREAT h {at} FIELDS 1 c");
        Expect(Integers(1), $"HPEXPIREAT h {at}000 FIELDS 1 d");
        Expect(Integers(at, at, at, at), "HEXPIRETIME h FIELDS 4 a b c d");
        ExpectEvents("h hexpire h", "h hexpire h", "h hexpire h", "h hexpire h");
    }

    [TestMethod]
    [DataRow("NX", "0 1")]
    [DataRow("XX", "1 0")]
    [DataRow("GT", "1 0")]
    [DataRow("LT", "0 1")]
    [DataRow("nx", "0 1")]
    public void Hexpire_LaterWithCondition_DependsOnWhatThereIs(string condition, string results)
    {
        Given("HSET h timed 1 plain 2", "HEXPIRE h 10 FIELDS 1 timed");
        string expected = Resp.Array([.. results.Split(' ').Select(text => $":{text}\r\n")]);
        Expect(expected, $"HEXPIRE h 20 {condition} FIELDS 2 timed plain");
    }

    [TestMethod]
    public void Hexpire_SameOrEarlierWithCondition_DependsOnWhatThereIs()
    {
        Given("HSET h timed 1", "HEXPIRE h 10 FIELDS 1 timed");
        Expect(Integers(0), "HEXPIRE h 10 GT FIELDS 1 timed");
        Expect(Integers(0), "HEXPIRE h 10 LT FIELDS 1 timed");
        Expect(Integers(0), "HEXPIRE h 5 GT FIELDS 1 timed");
        ExpectEvents();
        Expect(Integers(1), "HEXPIRE h 5 LT FIELDS 1 timed");
        Expect(Integers(5), "HTTL h FIELDS 1 timed");
    }

    [TestMethod]
    [DataRow("HEXPIRE h 0")]
    [DataRow("HPEXPIRE h 0")]
    [DataRow("HEXPIREAT h 1")]
    [DataRow("HPEXPIREAT h 0")]
    public void Hexpire_TimePast_RemovesTheField(string command)
    {
        Given("HSET h a 1 b 2");
        Expect(Integers(2, -2, -2), $"{command} FIELDS 3 a a none");
        ExpectEvents("h hdel h");
        ExpectHash("h", ("b", "2"));
        Expect(Integers(2), $"{command} FIELDS 1 b");
        ExpectEvents("h hdel h", "g del h");
        Expect(Resp.Integer(0), "EXISTS h");
    }

    [TestMethod]
    public void Hexpire_KeyAbsent_KnowsNoField()
    {
        Expect(Integers(-2, -2), "HEXPIRE none 10 FIELDS 2 a b");
        ExpectEvents();
    }

    [TestMethod]
    public void Hexpire_LastFieldExpires_TakesTheKey()
    {
        Given("HSET h a 1", "EXPIRE h 1000", "HPEXPIRE h 5 FIELDS 1 a");
        Keyspace.Advance(5);
        Expect(Resp.Integer(0), "EXISTS h");
        ExpectEvents("h hexpired h", "g del h");
        Given("HSET h a 1");
        Expect(Resp.Integer(-1), "TTL h");
        Expect(Integers(-1), "HTTL h FIELDS 1 a");
    }

    [TestMethod]
    public async Task Hexpire_NobodyLooks_FieldsGoAllTheSame()
    {
        Given("HSET h a 1 b 2", "HPEXPIRE h 5 FIELDS 1 a", "HPEXPIRE h 50 FIELDS 1 b");
        Keyspace.Advance(5);
        await Keyspace.Keyspace.TickAsync();
        ExpectEvents("h hexpired h");
        Keyspace.Advance(45);
        await Keyspace.Keyspace.TickAsync();
        ExpectEvents("h hexpired h", "g del h");
        Assert.AreEqual(0, Keyspace.Keyspace.KeyCount);
    }

    [TestMethod]
    public void Hexpire_LatestTime_IsTaken()
    {
        Given("HSET h a 1");
        Expect(Integers(1), "HPEXPIREAT h 70368744177663 FIELDS 1 a");
        Expect(Integers(70368744177663), "HPEXPIRETIME h FIELDS 1 a");
    }

    [TestMethod]
    [DataRow("HEXPIRE h x FIELDS 1 a", "ERR value is not an integer or out of range")]
    [DataRow("HEXPIRE h -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0")]
    [DataRow("HEXPIRE h 70368744178 FIELDS 1 a", "ERR invalid expire time in 'hexpire' command")]
    [DataRow("HPEXPIRE h 70368744177663 FIELDS 1 a", "ERR invalid expire time in 'hpexpire' command")]
    [DataRow("HEXPIREAT h 9223372036854775807 FIELDS 1 a", "ERR invalid expire time in 'hexpireat' command")]
    [DataRow("HPEXPIREAT h 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hpexpireat' command")]
    [DataRow("HEXPIRE h 10 FIELDS 0 a", "ERR Parameter `numFields` should be greater than 0")]
    [DataRow("HEXPIRE h 10 FIELDS -1 a", "ERR Parameter `numFields` should be greater than 0")]
    [DataRow("HEXPIRE h 10 FIELDS x a", "ERR Parameter `numFields` should be greater than 0")]
    [DataRow("HEXPIRE h 10 FIELDS 2 a", Mismatch)]
    [DataRow("HEXPIRE h 10 FIELDS 1 a b", Mismatch)]
    [DataRow("HEXPIRE h 10 NX FIELDS 1", Mismatch)]
    [DataRow("HEXPIRE h 10 1 a b", NoFields)]
    [DataRow("HEXPIRE h 10 NX XX FIELDS 1 a", NoFields)]
    [DataRow("HEXPIRE h 10 FOO FIELDS 1 a", NoFields)]
    [DataRow("HEXPIRE h 10 FIELDS 1", "ERR wrong number of arguments for 'hexpire' command")]
    [DataRow("HEXPIRE k x FOO 1 a", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hexpire_Mistakes_ChangeNothing(string line, string error)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Resp.Error(error), line);
        Expect(Integers(-1), "HTTL h FIELDS 1 a");
        ExpectEvents();
    }
}
