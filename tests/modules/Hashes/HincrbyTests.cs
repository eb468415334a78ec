using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

[TestClass]
public sealed class HincrbyTests : HashCommandTests
{
    [TestMethod]
    public void Hincrby_Field_Counts()
    {
        Given("HSET h a 10");
        Expect(Resp.Integer(7), "HINCRBY h a -3");
        Expect(Resp.Integer(5), "HINCRBY h new 5");
        Expect(Resp.Integer(4), "HINCRBY h new -1");
        Expect(Resp.Integer(1), "HINCRBY other n 1");
        ExpectHash("h", ("a", "7"), ("new", "4"));
        ExpectEvents("h hincrby h", "h hincrby h", "h hincrby h", "h hincrby other");
    }

    [TestMethod]
    public void Hincrby_FieldWithDeadline_KeepsIt()
    {
        Given("HSET h a 1", "HINCRBY h n 1", "HEXPIRE h 100 FIELDS 2 a n", "HINCRBY h a 1", "HINCRBY h n 1");
        Expect(Integers(100, 100), "HTTL h FIELDS 2 a n");
        Keyspace.Advance(100_000);
        Expect(Resp.Integer(1), "HINCRBY h a 1");
        Expect(Resp.Integer(1), "HINCRBY h n 1");
        Expect(Integers(-1, -1), "HTTL h FIELDS 2 a n");
    }

    [TestMethod]
    [DataRow("9223372036854775807", "1", "increment or decrement would overflow")]
    [DataRow("-9223372036854775808", "-1", "increment or decrement would overflow")]
    [DataRow("9223372036854775808", "1", "hash value is not an integer")]
    [DataRow("1.5", "1", "hash value is not an integer")]
    [DataRow("007", "1", "hash value is not an integer")]
    [DataRow(" 1", "1", "hash value is not an integer")]
    [DataRow("", "1", "hash value is not an integer")]
    [DataRow("1", "x", "value is not an integer or out of range")]
    [DataRow("1", "1.5", "value is not an integer or out of range")]
    [DataRow("1", "9223372036854775808", "value is not an integer or out of range")]
    public void Hincrby_Mistakes_ChangeNothing(string value, string amount, string error)
    {
        Keyspace.Connection.RunArguments("HSET", "h", "a", value);
        Keyspace.TakeEvents();
        Assert.AreEqual(Resp.Error($"ERR {error}"), Keyspace.Connection.RunArguments("HINCRBY", "h", "a", amount));
        Expect(Resp.Bulk(value), "HGET h a");
        ExpectEvents();
    }

    [TestMethod]
    public void Hincrby_OtherType_IsRefused()
    {
        Given("SET k v");
        Expect(Resp.WrongType, "HINCRBY k a 1");
        Expect(Resp.NotInteger, "HINCRBY k a x");
    }

    [TestMethod]
    public async Task Hincrby_ManyClientsAtOnce_AddsUp()
    {
        const int Clients = 4;
        const int Increments = 2_000;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            KeyspaceConnection connection = Keyspace.Connect();
            for (int i = 0; i < Increments; i++)
            {
                await connection.Start($"HINCRBY h n{i % 3} {(client % 2 == 0 ? 1 : 10)}");
                await connection.Start("HINCRBYFLOAT h f 0.1");
            }
        })));
        await Keyspace.CrashAsync();
        long sum = RespReading.Strings(Run("HMGET h n0 n1 n2"))
            .Sum(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual(Increments * Clients / 2 * 11, sum);
        Expect(Resp.Bulk("800"), "HGET h f");
    }
}
