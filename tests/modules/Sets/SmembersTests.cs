using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SmembersTests : SetCommandTests
{
    [TestMethod]
    public void Smembers_AnySet_AnswersAll()
    {
        Given("SADD s b a c");
        ExpectMembers(["a", "b", "c"], "SMEMBERS s");
        Expect(Resp.Array(), "SMEMBERS none");
    }

    [TestMethod]
    public void Smembers_Resp3_AnswersSet()
    {
        Given("SADD s b a");
        Assert.StartsWith("~2\r\n", Keyspace.Run3("SMEMBERS s"));
        Assert.AreEqual(Resp.Set(), Keyspace.Run3("SMEMBERS none"));
    }

    [TestMethod]
    public void Smembers_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SMEMBERS k");
    }

    [TestMethod]
    [DataRow("1 2 -3 9223372036854775807", "intset")]
    [DataRow("1 2 a", "listpack")]
    [DataRow("1 02", "listpack")]
    [DataRow("1234567890123456789012345678901234567890123456789012345678901234", "listpack")]
    [DataRow("12345678901234567890123456789012345678901234567890123456789012345", "hashtable")]
    public void ObjectEncoding_SmallSet_FollowsItsMembers(string members, string encoding)
    {
        Given($"SADD s {members}");
        Expect(Resp.Bulk(encoding), "OBJECT ENCODING s");
    }

    [TestMethod]
    [DataRow(512, "", "intset")]
    [DataRow(513, "", "hashtable")]
    [DataRow(128, "a", "listpack")]
    [DataRow(129, "a", "hashtable")]
    public void ObjectEncoding_LargerSet_FollowsTheNumberOfMembers(int count, string prefix, string encoding)
    {
        Given($"SADD s {string.Join(' ', Enumerable.Range(0, count).Select(i => $"{prefix}{i}"))}");
        Expect(Resp.Bulk(encoding), "OBJECT ENCODING s");
        Expect(Resp.Simple("set"), "TYPE s");
    }
}
