using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Sets;

[TestClass]
public sealed class SintercardTests : CommandTests
{
    [TestMethod]
    public void Sintercard_SomeSets_CountsWhatAllHave()
    {
        Given("SADD a 1 2 3 4", "SADD b 2 3 4 5");
        Expect(Resp.Integer(3), "SINTERCARD 2 a b");
        Expect(Resp.Integer(4), "SINTERCARD 1 a");
        Expect(Resp.Integer(0), "SINTERCARD 2 a none");
    }

    [TestMethod]
    [DataRow("LIMIT 2", 2)]
    [DataRow("limit 0", 3)]
    [DataRow("LIMIT 10", 3)]
    [DataRow("LIMIT 1 LIMIT 2", 2)]
    public void Sintercard_Limit_StopsThere(string options, int count)
    {
        Given("SADD a 1 2 3 4", "SADD b 2 3 4 5");
        Expect(Resp.Integer(count), $"SINTERCARD 2 a b {options}");
    }

    [TestMethod]
    [DataRow("0 a", "ERR numkeys should be greater than 0")]
    [DataRow("-1 a", "ERR numkeys should be greater than 0")]
    [DataRow("x a", "ERR numkeys should be greater than 0")]
    [DataRow("2 a", "ERR Number of keys can't be greater than number of args")]
    [DataRow("9223372036854775807 a", "ERR Number of keys can't be greater than number of args")]
    [DataRow("1 a b", "ERR syntax error")]
    [DataRow("1 a LIMIT", "ERR syntax error")]
    [DataRow("1 a LIMIT -1", "ERR LIMIT can't be negative")]
    [DataRow("1 a LIMIT x", "ERR LIMIT can't be negative")]
    [DataRow("1 k LIMIT x", "ERR LIMIT can't be negative")]
    public void Sintercard_Mistakes_AreReported(string arguments, string error)
    {
        Given("SET k v");
        Expect(Resp.Error(error), $"SINTERCARD {arguments}");
    }

    [TestMethod]
    public void Sintercard_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "SINTERCARD 2 none k");
    }
}
