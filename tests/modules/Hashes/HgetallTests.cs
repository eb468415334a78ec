using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[Covers("HKEYS", "HVALS")]
[TestClass]
public sealed class HgetallTests : HashCommandTests
{
    [TestMethod]
    public void Hgetall_Hash_AnswersFieldsAndValues()
    {
        Given("HSET h a 1 b 2", "HINCRBY h n 3");
        ExpectHash("h", ("a", "1"), ("b", "2"), ("n", "3"));
        CollectionAssert.AreEquivalent(new[] { "a", "b", "n" }, RespReading.Strings(Run("HKEYS h")));
        CollectionAssert.AreEquivalent(new[] { "1", "2", "3" }, RespReading.Strings(Run("HVALS h")));
        Expect(Resp.Array(), "HGETALL none");
        Expect(Resp.Array(), "HKEYS none");
        Expect(Resp.Array(), "HVALS none");
    }

    [TestMethod]
    public void Hgetall_Resp3_AnswersMap()
    {
        Given("HSET h a 1");
        Assert.AreEqual(Resp.Map(Resp.Bulk("a"), Resp.Bulk("1")), Keyspace.Run3("HGETALL h"));
        Assert.AreEqual(Resp.Map(), Keyspace.Run3("HGETALL none"));
        Assert.AreEqual(Resp.Array(Resp.Bulk("a")), Keyspace.Run3("HKEYS h"));
        Assert.AreEqual(Resp.Array(), Keyspace.Run3("HVALS none"));
    }

    [TestMethod]
    [DataRow("HGETALL k")]
    [DataRow("HKEYS k")]
    [DataRow("HVALS k")]
    public void Hgetall_OtherType_IsRefused(string line)
    {
        Given("SET k v");
        Expect(Resp.WrongType, line);
    }

    /// <summary>More fields than one call removes: those it leaves must not be announced either.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Hgetall_ManyFieldsExpired_AnnouncesWhatIsThere(bool inTransaction)
    {
        const int Fields = 12_000;
        foreach (int[] some in Enumerable.Range(0, Fields).Chunk(1_000))
        {
            Given(
                $"HSET h {string.Join(' ', some.Select(i => $"f{i} v"))}",
                $"HPEXPIRE h 10 FIELDS {some.Length} {string.Join(' ', some.Select(i => $"f{i}"))}");
        }

        Given("HSET h last v");
        Keyspace.Advance(10);
        Keyspace.Connection.InTransaction = inTransaction;
        ExpectHash("h", ("last", "v"));
    }
}
