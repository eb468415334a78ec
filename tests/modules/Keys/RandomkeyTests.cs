using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class RandomkeyTests : CommandTests
{
    [TestMethod]
    public void Randomkey_Empty_AnswersNil() => Expect(Resp.Nil, "RANDOMKEY");

    [TestMethod]
    public void Randomkey_SomeKeys_AnswersEachSoonerOrLater()
    {
        Given("MSET a 1 b 2 c 3");
        var seen = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            seen.Add(Run("RANDOMKEY"));
        }

        CollectionAssert.AreEquivalent(new[] { Resp.Bulk("a"), Resp.Bulk("b"), Resp.Bulk("c") }, seen.ToArray());
    }

    [TestMethod]
    public void Randomkey_KeyExpired_IsNotChosen()
    {
        Given("SET a 1 PX 1", "SET b 1");
        Keyspace.Advance(1);
        for (int i = 0; i < 20; i++)
        {
            Expect(Resp.Bulk("b"), "RANDOMKEY");
        }
    }
}
