using System.Text;
using System.Text.Json;
using Marekvs.Host.Settings;

namespace Marekvs.Host.Tests.Settings;

[TestClass]
public sealed class JsonEditTests
{
    [TestMethod]
    [DataRow("""{ "a": { "b": 1 } }""", "a.b", """{ "a": { "b": 7 } }""")]
    [DataRow("""{"a":{"b":{"x":[1,{"b":2}]}},"c":3}""", "a.b", """{"a":{"b":7},"c":3}""")]
    [DataRow("""{ "x": { "a": { "b": 0 } }, "a": { "b": "old" } }""", "a.b",
        """{ "x": { "a": { "b": 0 } }, "a": { "b": 7 } }""")]
    [DataRow("""{ "a.b": 1 }""", "a.b", """{ "a.b": 7 }""")]
    [DataRow("{}", "a.b", """{ "a": { "b": 7 } }""")]
    [DataRow("{ }", "a", """{ "a": 7 }""")]
    [DataRow("""{ "a": {} }""", "a.b", """{ "a": { "b": 7 } }""")]
    [DataRow("""{ "a": { "c": 1 } }""", "a.b", """{ "a": { "c": 1, "b": 7 } }""")]
    [DataRow("""{ "a": { "c": 1, } }""", "a.b", """{ "a": { "c": 1, "b": 7 } }""")]
    [DataRow("""{ "c": "},//" }""", "a.b", """{ "c": "},//", "a": { "b": 7 } }""")]
    [DataRow("""{ "c": 1 /* , */ }""", "a", """{ "c": 1, /* , */ "a": 7 }""")]
    public void Set_Value_ChangesNothingElse(string text, string name, string expected) =>
        Assert.AreEqual(expected, Encoding.UTF8.GetString(JsonEdit.Set(Encoding.UTF8.GetBytes(text), name, "7")));

    [TestMethod]
    public void Set_FileOfPeople_KeepsLinesAndComments()
    {
        const string Text = """
            {
              // what to load
              "modules": ["keys"],
              "limits": {
                "clients": 100 // as many as the office has
              },
              "node": { "id": 1 } // the first
            }

            """;
        const string Expected = """
            {
              // what to load
              "modules": ["keys"],
              "limits": {
                "clients": 200, // as many as the office has
                "idleSeconds": 60
              },
              "node": { "id": 1 }, // the first
              "memory": { "max": 5 }
            }

            """;
        byte[] text = Encoding.UTF8.GetBytes(Text);
        text = JsonEdit.Set(text, "limits.clients", "200");
        text = JsonEdit.Set(text, "limits.idleSeconds", "60");
        text = JsonEdit.Set(text, "memory.max", "5");
        Assert.AreEqual(Expected, Encoding.UTF8.GetString(text));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[1]")]
    [DataRow("{ \"a\": ")]
    [DataRow("{ \"c\": 1, \"d\" }")]
    public void Set_NoJson_IsRefused(string text) =>
        Assert.Throws<JsonException>(() => JsonEdit.Set(Encoding.UTF8.GetBytes(text), "a", "7"), text);
}
