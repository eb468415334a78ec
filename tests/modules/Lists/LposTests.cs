using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

[TestClass]
public sealed class LposTests : ListCommandTests
{
    [TestMethod]
    [DataRow("", 2)]
    [DataRow("RANK 2", 6)]
    [DataRow("RANK -1", 7)]
    [DataRow("RANK -3", 2)]
    [DataRow("MAXLEN 3", 2)]
    [DataRow("rank -1 maxlen 1", 7)]
    public void Lpos_One_AnswersItsIndex(string options, int index)
    {
        Given("RPUSH l a b c 1 2 3 c c");
        Expect(Resp.Integer(index), $"LPOS l c {options}");
    }

    [TestMethod]
    [DataRow("COUNT 0", "2 6 7")]
    [DataRow("COUNT 2", "2 6")]
    [DataRow("COUNT 0 RANK 2", "6 7")]
    [DataRow("COUNT 2 RANK -1", "7 6")]
    [DataRow("COUNT 0 RANK -2", "6 2")]
    [DataRow("COUNT 0 MAXLEN 7", "2 6")]
    [DataRow("COUNT 0 MAXLEN 1", "")]
    [DataRow("COUNT 0 RANK 4", "")]
    public void Lpos_Many_AnswersTheirIndexes(string options, string indexes)
    {
        Given("RPUSH l a b c 1 2 3 c c");
        string[] expected = indexes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Expect(Resp.Array([.. expected.Select(index => $":{index}\r\n")]), $"LPOS l c {options}");
    }

    [TestMethod]
    public void Lpos_NotThere_AnswersNil()
    {
        Given("RPUSH l a b c");
        Expect(Resp.Nil, "LPOS l x");
        Expect(Resp.Nil, "LPOS l c RANK 2");
        Expect(Resp.Nil, "LPOS l c MAXLEN 2");
        Expect(Resp.Nil, "LPOS none c");
        Expect(Resp.Array(), "LPOS none c COUNT 1");
    }

    [TestMethod]
    [DataRow("RANK 0",
        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
        "or use negative to start from the end of the list")]
    [DataRow("RANK x", "ERR value is not an integer or out of range")]
    [DataRow("RANK -9223372036854775808",
        "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807")]
    [DataRow("COUNT -1", "ERR COUNT can't be negative")]
    [DataRow("COUNT x", "ERR COUNT can't be negative")]
    [DataRow("MAXLEN -1", "ERR MAXLEN can't be negative")]
    [DataRow("MAXLEN", "ERR syntax error")]
    [DataRow("FOO 1", "ERR syntax error")]
    public void Lpos_Mistake_IsRedissError(string options, string error)
    {
        Given("SET s v");
        Expect(Resp.Error(error), $"LPOS s c {options}");
    }

    [TestMethod]
    public void Lpos_OtherType_IsRefused()
    {
        Given("SET s v");
        Expect(Resp.WrongType, "LPOS s c");
    }
}
