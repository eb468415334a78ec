using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[Covers("HPTTL", "HEXPIRETIME", "HPEXPIRETIME")]
[TestClass]
public sealed class HttlTests : HashCommandTests
{
    [TestMethod]
    public void Httl_Fields_TellsWhatIsLeft()
    {
        long at = Keyspace.Now + 1_500;
        Given("HSET h a 1 b 2", "HPEXPIRE h 1500 FIELDS 1 a");
        Expect(Integers(2, -1, -2), "HTTL h FIELDS 3 a b none");
        Expect(Integers(1500, -1, -2), "HPTTL h FIELDS 3 a b none");
        Expect(Integers((at + 999) / 1000, -1, -2), "HEXPIRETIME h FIELDS 3 a b none");
        Expect(Integers(at, -1, -2), "HPEXPIRETIME h FIELDS 3 a b none");
        Keyspace.Advance(1_499);
        Expect(Integers(1), "HTTL h FIELDS 1 a");
        Expect(Integers(1), "HPTTL h FIELDS 1 a");
        Keyspace.Advance(1);
        Expect(Integers(-2), "HTTL h FIELDS 1 a");
        Expect(Integers(-2), "HPEXPIRETIME h FIELDS 1 a");
    }

    [TestMethod]
    [DataRow("HTTL")]
    [DataRow("HPTTL")]
    [DataRow("HEXPIRETIME")]
    [DataRow("HPEXPIRETIME")]
    public void Httl_OddCalls_AnswerAsRedis(string command)
    {
        Given("HSET h a 1", "SET k v");
        Expect(Integers(-2, -2), $"{command} none FIELDS 2 a b");
        Expect(Resp.WrongType, $"{command} k FOO 1 a");
        Expect(
            Resp.Error("ERR Mandatory argument FIELDS is missing or not at the right position"),
            $"{command} h FOO 1 a");
        Expect(Resp.Error("ERR Number of fields must be a positive integer"), $"{command} h FIELDS 0 a");
        Expect(
            Resp.Error("ERR The `numfields` parameter must match the number of arguments"),
            $"{command} h FIELDS 1 a b");
    }
}
