using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SaddTests : SetCommandTests
{
    [TestMethod]
    public void Sadd_NewMembers_CountsThem()
    {
        Expect(Resp.Integer(2), "SADD s a b a");
        Expect(Resp.Integer(1), "SADD s b c");
        Expect(Resp.Integer(0), "SADD s a");
        ExpectMembers(["a", "b", "c"], "SMEMBERS s");
        ExpectEvents("s sadd s", "s sadd s");
    }

    [TestMethod]
    public void Sadd_EmptyAndBinaryMembers_AreMembers()
    {
        Expect(Resp.Integer(2), "SADD s \"\" \"\\x00\\xff\\r\\n\"");
        ExpectMembers(["", "\0\u00ff\r\n"], "SMEMBERS s");
    }

    [TestMethod]
    public void Sadd_ExistingKey_KeepsItsDeadline()
    {
        Given("SADD s a", "EXPIRE s 100", "SADD s b");
        Expect(Resp.Integer(100), "TTL s");
    }

    [TestMethod]
    public void Sadd_MemberThatOthersMayHaveSeen_IsWrittenAnew()
    {
        Given("SADD s a b");
        long position = Keyspace.Connection.Ticket.JournalPosition;
        Given("SADD s a b");
        Assert.AreEqual(position, Keyspace.Connection.Ticket.JournalPosition, "nobody can have seen it");
        Keyspace.Keyspace.IsSeenElsewhere = static (_, _) => true;
        Expect(Resp.Integer(0), "SADD s a");
        Assert.AreNotEqual(position, Keyspace.Connection.Ticket.JournalPosition);
        ExpectEvents();
    }

    [TestMethod]
    public void Sadd_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SADD k a");
        ExpectEvents();
    }

    [TestMethod]
    public async Task Sadd_AfterRestart_MembersAreThere()
    {
        Given("SADD s a \"\" 1");
        await Keyspace.Keyspace.CheckpointAsync();
        Given("SADD s z", "SREM s a");
        await Keyspace.CrashAsync();
        ExpectMembers(["", "1", "z"], "SMEMBERS s");
        await Keyspace.ReopenAsync();
        ExpectMembers(["", "1", "z"], "SMEMBERS s");
        Expect(Resp.Integer(3), "SCARD s");
    }
}
