using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[Covers("OBJECT|ENCODING", "OBJECT|FREQ", "OBJECT|HELP", "OBJECT|IDLETIME", "OBJECT|REFCOUNT")]
[TestClass]
public sealed class ObjectTests : CommandTests
{
    [TestMethod]
    [DataRow("0", "int")]
    [DataRow("-9223372036854775808", "int")]
    [DataRow("9223372036854775808", "embstr")]
    [DataRow("007", "embstr")]
    [DataRow("3.5", "embstr")]
    [DataRow("12345678901234567890123456789012345678901234", "embstr")]
    [DataRow("123456789012345678901234567890123456789012345", "raw")]
    public void ObjectEncoding_String_FollowsItsContent(string value, string encoding)
    {
        Given($"SET k {value}");
        Expect(Resp.Bulk(encoding), "OBJECT ENCODING k");
    }

    [TestMethod]
    public void ObjectEncoding_OtherKeys_AnswersTheirTypesWord()
    {
        Given("INCR n", "BAG.PUT b x 1");
        Expect(Resp.Bulk("int"), "object encoding n");
        Expect(Resp.Bulk("bagtable"), "OBJECT ENCODING b");
        Expect(Resp.Nil, "OBJECT ENCODING none");
        Assert.AreEqual(Resp.Null, Keyspace.Run3("OBJECT ENCODING none"));
    }

    [TestMethod]
    public void ObjectEncoding_ShortStringAfterAppend_IsEmbstr_DiffersFromRedis()
    {
        Given("APPEND k a", "APPEND k b");
        Expect(Resp.Bulk("embstr"), "OBJECT ENCODING k");
    }

    [TestMethod]
    public void ObjectIdletime_KeyUnused_CountsSeconds()
    {
        Given("SET k v", "SET other v");
        Keyspace.Advance(5_900);
        Given("TYPE k", "TTL k", "EXISTS k", "OBJECT ENCODING k");
        Expect(Resp.Integer(5), "OBJECT IDLETIME k");
        Given("TOUCH k");
        Expect(Resp.Integer(0), "OBJECT IDLETIME k");
        Expect(Resp.Integer(5), "OBJECT IDLETIME other");
        Given("GET other");
        Expect(Resp.Integer(0), "OBJECT IDLETIME other");
        Expect(Resp.Nil, "OBJECT IDLETIME none");
    }

    [TestMethod]
    public void ObjectRefcount_AnyKey_AnswersOne()
    {
        Given("SET k v");
        Expect(Resp.Integer(1), "OBJECT REFCOUNT k");
        Expect(Resp.Nil, "OBJECT REFCOUNT none");
    }

    [TestMethod]
    public void ObjectFreq_AnyKey_SaysThatNothingIsCounted()
    {
        Given("SET k v");
        Assert.StartsWith("-ERR An LFU maxmemory policy is not selected, access", Run("OBJECT FREQ k"));
        Expect(Resp.Nil, "OBJECT FREQ none");
    }

    [TestMethod]
    public void ObjectHelp_Resp2_AnswersStatusLines()
    {
        string reply = Run("OBJECT HELP");
        Assert.StartsWith("*15\r\n+OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n", reply);
        Assert.EndsWith("+HELP\r\n+    Prints this help.\r\n", reply);
    }

    [TestMethod]
    public void Object_WrongUse_IsReported()
    {
        Expect(Resp.Error("ERR unknown subcommand 'foo'. Try OBJECT HELP."), "OBJECT foo");
        Expect(Resp.Error("ERR wrong number of arguments for 'object|encoding' command"), "OBJECT ENCODING");
        Expect(Resp.Error("ERR wrong number of arguments for 'object' command"), "OBJECT");
    }
}
