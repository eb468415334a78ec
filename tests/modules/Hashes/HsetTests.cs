using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[Covers("HMSET")]
[TestClass]
public sealed class HsetTests : HashCommandTests
{
    [TestMethod]
    public void Hset_Fields_CountsTheNewOnes()
    {
        Expect(Resp.Integer(2), "HSET h a 1 b 2 a 3");
        Expect(Resp.Integer(1), "HSET h b 2 c \"\"");
        Expect(Resp.Integer(0), "HSET h a 3");
        ExpectHash("h", ("a", "3"), ("b", "2"), ("c", ""));
        ExpectEvents("h hset h", "h hset h", "h hset h");
    }

    [TestMethod]
    public void Hset_EmptyAndBinaryNames_AreFields()
    {
        Expect(Resp.Integer(2), "HSET h \"\" x \"\\x00\\xff\\r\\n\" \"\\x00\\r\\n\"");
        ExpectHash("h", ("", "x"), ("\0\u00ff\r\n", "\0\r\n"));
    }

    [TestMethod]
    public void Hset_ExistingKey_KeepsItsDeadlineButNotThatOfTheField()
    {
        Given("HSET h a 1 b 1", "EXPIRE h 100", "HEXPIRE h 50 FIELDS 2 a b", "HSET h a 2");
        Expect(Resp.Integer(100), "TTL h");
        Expect(Integers(-1, 50), "HTTL h FIELDS 2 a b");
    }

    [TestMethod]
    public void Hset_Counter_IsReplaced()
    {
        Given("HINCRBY h n 5", "HSET h n 1", "HINCRBY h n 1");
        Expect(Resp.Bulk("2"), "HGET h n");
    }

    [TestMethod]
    public void Hmset_Fields_AnswersOk()
    {
        Expect(Resp.Ok, "HMSET h a 1 b 2");
        ExpectEvents("h hset h");
        ExpectHash("h", ("a", "1"), ("b", "2"));
    }

    [TestMethod]
    [DataRow("HSET h a", "ERR wrong number of arguments for 'hset' command")]
    [DataRow("HSET h a 1 b", "ERR wrong number of arguments for 'hset' command")]
    [DataRow("HMSET h a 1 b", "ERR wrong number of arguments for 'hmset' command")]
    [DataRow("HSET k a 1 b", "ERR wrong number of arguments for 'hset' command")]
    [DataRow("HSET k a 1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    [DataRow("HMSET k a 1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hset_Mistakes_AreReported(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
        Expect(Resp.Integer(0), "EXISTS h");
        ExpectEvents();
    }

    [TestMethod]
    [DataRow("a 1 b -9223372036854775808", "listpack")]
    [DataRow("a 1234567890123456789012345678901234567890123456789012345678901234", "listpack")]
    [DataRow("a 12345678901234567890123456789012345678901234567890123456789012345", "hashtable")]
    [DataRow("12345678901234567890123456789012345678901234567890123456789012345 a", "hashtable")]
    public void ObjectEncoding_Hash_FollowsItsSize(string fields, string encoding)
    {
        Given($"HSET h {fields}");
        Expect(Resp.Bulk(encoding), "OBJECT ENCODING h");
        Expect(Resp.Simple("hash"), "TYPE h");
    }

    [TestMethod]
    public void ObjectEncoding_ManyFieldsOrDeadlines_Changes()
    {
        Given($"HSET h {string.Join(' ', Enumerable.Range(0, 512).Select(i => $"f{i} v"))}");
        Expect(Resp.Bulk("listpack"), "OBJECT ENCODING h");
        Given("HEXPIRE h 10 FIELDS 1 f1");
        Expect(Resp.Bulk("listpackex"), "OBJECT ENCODING h");
        Given("HSET h f512 v");
        Expect(Resp.Bulk("hashtable"), "OBJECT ENCODING h");
    }

    [TestMethod]
    public async Task Hset_AfterRestart_FieldsAreThere()
    {
        Given("HSET h a 1 \"\" 2 gone 3", "HINCRBY h n 7", "HEXPIRE h 100 FIELDS 2 a n");
        await Keyspace.Keyspace.CheckpointAsync();
        Given("HSET h z 9", "HDEL h gone", "HINCRBY h n 1", "HPEXPIRE h 50000 FIELDS 1 z");
        await Keyspace.CrashAsync();
        ExpectHash("h", ("a", "1"), ("", "2"), ("n", "8"), ("z", "9"));
        await Keyspace.ReopenAsync();
        ExpectHash("h", ("a", "1"), ("", "2"), ("n", "8"), ("z", "9"));
        Expect(Resp.Integer(4), "HLEN h");
        Expect(Integers(100, -1, 100, 50), "HTTL h FIELDS 4 a \"\" n z");
    }

    [TestMethod]
    public void RenameAndCopy_Hash_KeepValuesCountersAndDeadlines()
    {
        Given("HSET h a 1 b 2", "HINCRBY h b 3", "HINCRBY h n 4", "HEXPIRE h 60 FIELDS 3 a b n", "COPY h c", "RENAME h r");
        foreach (string key in new[] { "c", "r" })
        {
            ExpectHash(key, ("a", "1"), ("b", "5"), ("n", "4"));
            Expect(Integers(60, 60, 60), $"HTTL {key} FIELDS 3 a b n");
        }
    }
}
