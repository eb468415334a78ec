using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class PersistTests : CommandTests
{
    [TestMethod]
    public void Persist_Deadline_IsTakenAway()
    {
        Given("SET k v EX 10", "BAG.PUT b x 1", "EXPIRE b 10");
        Expect(Resp.Integer(1), "PERSIST k");
        Expect(Resp.Integer(1), "PERSIST b");
        ExpectEvents("g persist k", "g persist b");
        Expect(Resp.Integer(-1), "TTL k");
        Expect(Resp.Integer(-1), "TTL b");
        Keyspace.Advance(20_000);
        Expect(Resp.Integer(2), "EXISTS k b");
    }

    [TestMethod]
    public void Persist_NoDeadlineOrNoKey_DoesNothing()
    {
        Given("SET k v");
        Expect(Resp.Integer(0), "PERSIST k");
        Expect(Resp.Integer(0), "PERSIST none");
        ExpectEvents();
    }
}
