using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Strings;

[TestClass]
public sealed class AppendTests : CommandTests
{
    [TestMethod]
    public void Append_AnyKey_AddsBytesAndKeepsDeadline()
    {
        Expect(Resp.Integer(1), "APPEND k a");
        Given("EXPIRE k 100");
        Expect(Resp.Integer(3), """APPEND k "\x00\xff" """);
        Expect(Resp.Bulk("a\0\u00ff"), "GET k");
        Expect(Resp.Integer(100), "TTL k");
        ExpectEvents("$ append k");
    }

    [TestMethod]
    public void Append_NothingToAbsentKey_CreatesIt()
    {
        Expect(Resp.Integer(0), """APPEND k "" """);
        Expect(Resp.Integer(1), "EXISTS k");
    }

    [TestMethod]
    public void Append_Counter_FreezesIt()
    {
        Given("SET k 1", "INCR k");
        Expect(Resp.Integer(2), "APPEND k 5");
        Expect(Resp.Integer(26), "INCR k");
        Expect(Resp.Integer(4), "APPEND k ab");
        Expect(Resp.Bulk("26ab"), "GET k");
        Expect(Resp.NotInteger, "INCR k");
    }

    [TestMethod]
    public void Append_Often_KeepsEverything()
    {
        string expected = "";
        for (int i = 0; i < 300; i++)
        {
            string part = new((char)('a' + (i % 26)), i);
            expected += part;
            Expect(Resp.Integer(expected.Length), $"APPEND k \"{part}\"");
        }

        Expect(Resp.Bulk(expected), "GET k");
    }

    [TestMethod]
    public void Append_OtherType_IsRefused()
    {
        Given("BAG.PUT k a 1");
        Expect(Resp.WrongType, "APPEND k v");
    }
}
