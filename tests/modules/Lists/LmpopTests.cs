using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LmpopTests : ListCommandTests
{
    [TestMethod]
    public void Lmpop_SeveralLists_TakesFromTheFirstThatHasSomething()
    {
        Given("RPUSH b 1 2 3", "RPUSH c 4");
        Expect(Popped("b", "1"), "LMPOP 3 a b c LEFT");
        Expect(Popped("b", "3", "2"), "LMPOP 3 a b c right count 10");
        Expect(Popped("c", "4"), "LMPOP 3 a b c RIGHT COUNT 1");
        Expect(Resp.NilArray, "LMPOP 3 a b c RIGHT");
        ExpectEvents("l lpop b", "l rpop b", "g del b", "l rpop c", "g del c");
    }

    [TestMethod]
    public void Lmpop_OtherTypeInFront_IsRefused()
    {
        Given("SET s v", "RPUSH l a");
        Expect(Resp.WrongType, "LMPOP 2 s l LEFT");
        Expect(Popped("l", "a"), "LMPOP 2 l s LEFT");
    }

    [TestMethod]
    [DataRow("LMPOP 0 l LEFT", "ERR numkeys should be greater than 0")]
    [DataRow("LMPOP x l LEFT", "ERR numkeys should be greater than 0")]
    [DataRow("LMPOP -1 l LEFT", "ERR numkeys should be greater than 0")]
    [DataRow("LMPOP 9223372036854775807 l LEFT", "ERR syntax error")]
    [DataRow("LMPOP 2 l LEFT", "ERR syntax error")]
    [DataRow("LMPOP 1 l UP", "ERR syntax error")]
    [DataRow("LMPOP 1 l LEFT COUNT", "ERR syntax error")]
    [DataRow("LMPOP 1 l LEFT FOO 1", "ERR syntax error")]
    [DataRow("LMPOP 1 l LEFT COUNT 1 COUNT 1", "ERR syntax error")]
    [DataRow("LMPOP 1 l LEFT COUNT 0", "ERR count should be greater than 0")]
    [DataRow("LMPOP 1 l LEFT COUNT x", "ERR count should be greater than 0")]
    public void Lmpop_Mistake_IsRedissError(string line, string error) => Expect(Resp.Error(error), line);

    private static string Popped(string key, params string[] values) =>
        Resp.Array(Resp.Bulk(key), Resp.Bulks(values));
}
