using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Debugging;

[TestClass]
public sealed class DebugTests
{
    private static TestNode? s_node;

    private readonly RedisConnection _client = s_node!.Connect();

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) =>
        s_node = await AclNode.StartAsync(("MAREKVS_ENABLE_DEBUG_COMMAND", "yes"));

    [ClassCleanup]
    public static async Task StopAsync() => await s_node!.DisposeAsync();

    [TestInitialize]
    public void Clear() => _client.Run("FLUSHALL");

    [TestCleanup]
    public void Disconnect() => _client.Dispose();

    [TestMethod]
    public async Task Debug_UnlessASettingOpensIt_IsRefused()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        Assert.StartsWith("-ERR DEBUG command not allowed. If the enable-debug-command", client.Run("DEBUG HELP"));
        Assert.StartsWith("-ERR DEBUG command not allowed. If the enable-debug-command", client.Run("DEBUG SLEEP 0"));
        Assert.Contains("$2\r\nno\r\n", client.Run("CONFIG GET enable-debug-command"));
    }

    [TestMethod]
    [DataRow("string", "$11\r\nHello World\r\n", "$11\r\nHello World\r\n")]
    [DataRow("integer", ":12345\r\n", ":12345\r\n")]
    [DataRow("double", "$5\r\n3.141\r\n", ",3.141\r\n")]
    [DataRow("bignum", "$37\r\n1234567999999999999999999999999999999\r\n", "(1234567999999999999999999999999999999\r\n")]
    [DataRow("null", "$-1\r\n", "_\r\n")]
    [DataRow("array", "*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n:2\r\n")]
    [DataRow("set", "*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n")]
    [DataRow("map", "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n")]
    [DataRow("push", "-ERR RESP2 is not supported by this command\r\n", ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n")]
    [DataRow("verbatim", "$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n")]
    [DataRow("true", ":1\r\n", "#t\r\n")]
    [DataRow("False", ":0\r\n", "#f\r\n")]
    public void Protocol_Types_AreRedissReplies(string type, string resp2, string resp3)
    {
        Assert.AreEqual(resp2, _client.Run($"DEBUG PROTOCOL {type}"));
        _client.Run("HELLO 3");
        Assert.AreEqual(resp3, _client.Run($"DEBUG PROTOCOL {type}"));
    }

    [TestMethod]
    [DataRow("DEBUG ERROR \"CODE and words\"", "-CODE and words")]
    [DataRow("DEBUG STRINGMATCH-LEN a*c abbc", ":1")]
    [DataRow("DEBUG STRINGMATCH-LEN a*c abb", ":0")]
    [DataRow("DEBUG QUICKLIST-PACKED-THRESHOLD 200b", "+OK")]
    [DataRow("DEBUG QUICKLIST-PACKED-THRESHOLD 5gb",
        "-ERR argument must be a memory value bigger than 1 and smaller than 4gb")]
    [DataRow("DEBUG REPLYBUFFER PEAK-RESET-TIME NEVER", "+OK")]
    [DataRow("DEBUG REPLYBUFFER PEAK-RESET-TIME x", "-ERR value is not an integer or out of range")]
    [DataRow("DEBUG REPLYBUFFER RESIZING 1", "+OK")]
    [DataRow("DEBUG OBJECT nosuch", "-ERR no such key")]
    [DataRow("DEBUG LISTPACK nosuch", "-ERR no such key")]
    [DataRow("DEBUG HTSTATS 99", "-ERR Out of range database")]
    [DataRow("DEBUG HTSTATS-KEY nosuch", "-ERR no such key")]
    [DataRow("DEBUG POPULATE x", "-ERR value is out of range, must be positive")]
    [DataRow("DEBUG SLEEP x", "-ERR value is not a valid float")]
    [DataRow("DEBUG LOG hello", "+OK")]
    [DataRow("DEBUG JMAP", "-ERR unknown subcommand or wrong number of arguments for 'JMAP'. Try DEBUG HELP.")]
    [DataRow("DEBUG SLEEP", "-ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP.")]
    [DataRow("DEBUG", "-ERR wrong number of arguments for 'debug' command")]
    [DataRow("DEBUG SEGFAULT",
        "-ERR this server does not crash or restart itself; end the process from outside, it loses nothing")]
    [DataRow("DEBUG RELOAD NOSAVE", "-ERR there is no RDB file to load: DEBUG RELOAD takes no options")]
    public void Debug_Subcommand_Answers(string command, string expected) =>
        Assert.AreEqual(expected + "\r\n", _client.Run(command));

    [TestMethod]
    public void Populate_Keys_AreThoseOfRedis()
    {
        _client.Run("SET key:1 mine");
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG POPULATE 100"));
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG POPULATE 3 p 8"));
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG POPULATE 2 q 3"));
        Assert.AreEqual(":105\r\n", _client.Run("DBSIZE"));
        Assert.AreEqual(Replies.Bulk("mine"), _client.Run("GET key:1"));
        Assert.AreEqual(Replies.Bulk("value:99"), _client.Run("GET key:99"));
        Assert.AreEqual(Replies.Bulk("value:2\0"), _client.Run("GET p:2"));
        Assert.AreEqual(Replies.Bulk("val"), _client.Run("GET q:1"));
    }

    [TestMethod]
    public void Reload_Everything_IsReadFromTheStoreAndTheSame()
    {
        _client.Run("DEBUG POPULATE 500");
        _client.Run("SADD set a b c");
        _client.Run("SET s v EX 1000");
        string digest = _client.Run("DEBUG DIGEST");
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG RELOAD"));
        Assert.Contains("resident_keys:0\r\n", _client.Run("INFO memory"));
        Assert.AreEqual(digest, _client.Run("DEBUG DIGEST"));
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG LOADAOF"));
        Assert.AreEqual(":502\r\n", _client.Run("DBSIZE"));
        Assert.AreEqual(":1000\r\n", _client.Run("TTL s"));
        Assert.AreEqual(digest, _client.Run("DEBUG DIGEST"));
    }

    [TestMethod]
    public void Digest_AnyChange_Changes()
    {
        const string Nothing = "+0000000000000000000000000000000000000000\r\n";
        Assert.AreEqual(Nothing, _client.Run("DEBUG DIGEST"));
        HashSet<string> seen = [Nothing];
        foreach (string change in new[] { "SET a 1", "SET b 1", "SADD c 1", "SADD c 2", "EXPIRE c 100", "RENAME a d" })
        {
            _client.Run(change);
            Assert.IsTrue(seen.Add(_client.Run("DEBUG DIGEST")), change);
        }

        _client.Run("FLUSHALL");
        Assert.AreEqual(Nothing, _client.Run("DEBUG DIGEST"));
    }

    [TestMethod]
    public void DigestValue_SameValueMadeOtherwise_IsTheSame()
    {
        _client.Run("SET a 3");
        _client.Run("INCRBY b 1");
        _client.Run("INCRBY b 2");
        _client.Run("SET c 4");
        string[] digests = _client.Run("DEBUG DIGEST-VALUE a b c nosuch").Split("\r\n");
        Assert.AreEqual(digests[1], digests[2]);
        Assert.AreNotEqual(digests[1], digests[3]);
        Assert.AreEqual("+0000000000000000000000000000000000000000", digests[4]);
    }

    [TestMethod]
    public void Object_Value_IsDescribed()
    {
        _client.Run("SET k value");
        Assert.MatchesRegex(
            @"^\+Value at:0x0 refcount:1 encoding:embstr serializedlength:6 lru:\d+ lru_seconds_idle:0\r\n$",
            _client.Run("DEBUG OBJECT k"));
        _client.Run("SADD s a b");
        Assert.Contains("number of elements: 2\n", _client.Run("DEBUG HTSTATS-KEY s"));
        Assert.Contains("number of keys: 2\n", _client.Run("DEBUG HTSTATS 0"));
        Assert.AreEqual(
            "-ERR The value stored at the specified key is not represented using an hash table\r\n",
            _client.Run("DEBUG HTSTATS-KEY k"));
    }

    [TestMethod]
    public void ChangeReplId_IdOfReplication_IsAnother()
    {
        string before = _client.Run("INFO replication");
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG CHANGE-REPL-ID"));
        Assert.AreNotEqual(before, _client.Run("INFO replication"));
    }

    [TestMethod]
    public void SetActiveExpire_Off_KeysStayUntilTheyAreRead()
    {
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG SET-ACTIVE-EXPIRE 0"));
        _client.Run("SET k v PX 1");
        _client.Run("DEBUG SLEEP 0.3");
        Assert.AreEqual(":1\r\n", _client.Run("DBSIZE"));
        Assert.AreEqual(Replies.Nil, _client.Run("GET k"));
        Assert.AreEqual(":0\r\n", _client.Run("DBSIZE"));
        Assert.AreEqual(Replies.Ok, _client.Run("DEBUG SET-ACTIVE-EXPIRE 1"));
    }

    [TestMethod]
    public void Multi_WhatComesLater_IsRefusedAndTheRestRuns()
    {
        _client.Run("MULTI");
        _client.Run("DEBUG SLEEP 0.001");
        _client.Run("DEBUG OBJECT nosuch");
        _client.Run("DEBUG RELOAD");
        Assert.AreEqual(
            "*3\r\n+OK\r\n-ERR no such key\r\n-ERR Command not allowed inside a transaction\r\n",
            _client.Run("EXEC"));
    }
}
