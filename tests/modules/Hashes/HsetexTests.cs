using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HsetexTests : HashCommandTests
{
    [TestMethod]
    public void Hsetex_NoOption_SetsAsHset()
    {
        Given("HSET h a 0", "HEXPIRE h 10 FIELDS 1 a");
        Expect(Resp.Integer(1), "HSETEX h FIELDS 2 a 1 b 2");
        ExpectEvents("h hset h");
        ExpectHash("h", ("a", "1"), ("b", "2"));
        Expect(Integers(-1), "HTTL h FIELDS 1 a");
    }

    [TestMethod]
    [DataRow("EX 20")]
    [DataRow("px 20000")]
    [DataRow("EXAT 1735689620")]
    [DataRow("PXAT 1735689620000")]
    public void Hsetex_Time_IsGivenToTheFields(string option)
    {
        Given("HSET h c 3");
        Expect(Resp.Integer(1), $"HSETEX h {option} FIELDS 2 a 1 b 2");
        ExpectEvents("h hset h", "h hexpire h");
        Expect(Integers(20, 20, -1), "HTTL h FIELDS 3 a b c");
    }

    [TestMethod]
    public void Hsetex_TimePast_RemovesTheFields()
    {
        Given("HSET h a 1 b 2");
        Expect(Resp.Integer(1), "HSETEX h EXAT 1 FIELDS 2 a 7 new 8");
        ExpectEvents("h hset h", "h hdel h");
        ExpectHash("h", ("b", "2"));
        Expect(Resp.Integer(1), "HSETEX h EX 0 FIELDS 1 b 7");
        ExpectEvents("h hset h", "h hdel h", "g del h");
    }

    [TestMethod]
    public void Hsetex_Keepttl_LeavesDeadlines()
    {
        Given("HSET h a 1", "HEXPIRE h 10 FIELDS 1 a");
        Expect(Resp.Integer(1), "HSETEX h KEEPTTL FIELDS 2 a 2 b 3");
        ExpectEvents("h hset h");
        Expect(Integers(10, -1), "HTTL h FIELDS 2 a b");
        Expect(Resp.Bulk("2"), "HGET h a");
    }

    [TestMethod]
    public void Hsetex_Conditions_HoldForAllFieldsOrNone()
    {
        Given("HSET h a 1");
        Expect(Resp.Integer(0), "HSETEX h FNX FIELDS 2 new 2 a 2");
        Expect(Resp.Integer(0), "HSETEX h FXX FIELDS 2 new 2 a 2");
        Expect(Resp.Integer(0), "HSETEX none FXX FIELDS 1 a 2");
        ExpectEvents();
        Expect(Resp.Integer(1), "HSETEX h FXX EX 5 FIELDS 1 a 2");
        Expect(Resp.Integer(1), "HSETEX h EX 5 FNX FIELDS 2 b 3 c 4");
        Expect(Resp.Integer(1), "HSETEX none FNX FIELDS 1 a 2");
        ExpectHash("h", ("a", "2"), ("b", "3"), ("c", "4"));
        Expect(Integers(5, 5), "HTTL h FIELDS 2 a c");
    }

    [TestMethod]
    [DataRow("HSETEX h FNX FXX FIELDS 1 a 1", "ERR Only one of FXX or FNX arguments can be specified")]
    [DataRow("HSETEX h EX 1 PX 1 FIELDS 1 a 1", "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")]
    [DataRow("HSETEX h KEEPTTL EX 1 FIELDS 1 a 1",
        "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")]
    [DataRow("HSETEX h FOO FIELDS 1 a 1", "ERR unknown argument: FOO")]
    [DataRow("HSETEX h KEEPTTL FNX FXX EX", "ERR Only one of FXX or FNX arguments can be specified")]
    [DataRow("HSETEX h FNX EX 10 PX", "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")]
    [DataRow("HSETEX h EX -1 FIELDS 1 a 1", "ERR invalid expire time, must be >= 0")]
    [DataRow("HSETEX h EX x FIELDS 1 a 1", "ERR value is not an integer or out of range")]
    [DataRow("HSETEX h PX 70368744177663 FIELDS 1 a 1", "ERR invalid expire time in 'hsetex' command")]
    [DataRow("HSETEX h FIELDS 0 a 1", "ERR invalid number of fields")]
    [DataRow("HSETEX h FIELDS x a 1", "ERR invalid number of fields")]
    [DataRow("HSETEX h FIELDS 2 a 1", "ERR wrong number of arguments for 'hsetex' command")]
    [DataRow("HSETEX h FIELDS 1 a 1 b", "ERR wrong number of arguments for 'hsetex' command")]
    [DataRow("HSETEX h EX 10 FIELDS 1", "ERR wrong number of arguments for 'hsetex' command")]
    [DataRow("HSETEX k FIELDS 1 a 1", "WRONGTYPE Operation against a key holding the wrong kind of value")]
    public void Hsetex_Mistakes_ChangeNothing(string line, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), line);
        Expect(Resp.Integer(0), "EXISTS h");
        ExpectEvents();
    }
}
