using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class KeysTests : CommandTests
{
    [TestMethod]
    public void Keys_Pattern_AnswersMatchingKeysOfAnyType()
    {
        Given("MSET hello 1 hallo 1 hxllo 1 other 1", "BAG.PUT hbllo a 1", "SET hcllo 1 PX 1");
        Keyspace.Advance(1);
        CollectionAssert.AreEquivalent(new[] { "hello", "hallo", "hxllo", "hbllo" }, Names("KEYS h?llo"));
        CollectionAssert.AreEquivalent(new[] { "hallo", "hbllo" }, Names("KEYS h[a-c]llo"));
        CollectionAssert.AreEquivalent(new[] { "hello", "hallo", "hxllo", "hbllo", "other" }, Names("KEYS *"));
        Expect(Resp.Array(), "KEYS x*");
    }

    [TestMethod]
    public void Keys_EmptyName_IsFoundByStarAloneAndByItself()
    {
        Given("""SET "" v """);
        Expect(Resp.Bulks(""), "KEYS *");
        Expect(Resp.Bulks(""), """KEYS "" """);
        Expect(Resp.Array(), "KEYS **");
    }

    [TestMethod]
    public void Keys_ManyKeys_FindsEachOnce()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"k{i}")];
        foreach (string name in names)
        {
            Given($"SET {name} v");
        }

        CollectionAssert.AreEquivalent(names, Names("KEYS *"));
    }

    private List<string> Names(string line) => RespReading.Strings(Run(line));
}
