using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

/// <summary>What a redis-server dumped restores here, and the other way round, for values of many shapes.</summary>
[TestClass]
public sealed class DumpExchangeTests
{
    private const int Rounds = 400;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task Dump_AnyValue_RestoresOnTheOtherServer(int seed)
    {
        using var redis = new RedisServer();
        await using KeyspaceRunner ours = ModuleSet.Open();
        var shapes = new RandomShapes(new Random(seed));
        for (int round = 0; round < Rounds; round++)
        {
            redis.Run("FLUSHALL");
            ours.Run("DEL theirs ours mine");
            IReadOnlyList<string[]> commands = shapes.Next("mine");
            foreach (string[] command in commands)
            {
                Assert.AreEqual(redis.Connection.RunArguments(command), ours.Connection.RunArguments(command));
            }

            string theirs = RespReading.String(redis.Run("DUMP mine"));
            string mine = RespReading.String(ours.Run("DUMP mine"));
            string shape = string.Join(' ', commands[0].Take(5));
            Assert.AreEqual(
                Resp.Ok, ours.Connection.RunArguments("RESTORE", "theirs", "0", theirs), $"{seed} {round} {shape}");
            Assert.AreEqual(
                Resp.Ok, redis.Connection.RunArguments("RESTORE", "ours", "0", mine), $"{seed} {round} {shape}");
            foreach (string read in shapes.Reads)
            {
                string expected = Shown(shapes, redis.Run(Of(read, "mine")));
                Assert.AreEqual(expected, Shown(shapes, ours.Run(Of(read, "theirs"))), $"{seed} {round} {shape}");
                Assert.AreEqual(expected, Shown(shapes, redis.Run(Of(read, "ours"))), $"{seed} {round} {shape}");
            }

            Assert.AreEqual(redis.Run("OBJECT ENCODING mine"), redis.Run("OBJECT ENCODING ours"), shape);
            if (shapes.HasOneForm)
            {
                Assert.AreEqual(theirs, mine, $"{seed} {round} {shape}");
            }
        }
    }

    private static string Of(string read, string key) => read.Replace("key", key, StringComparison.Ordinal);

    private static string Shown(RandomShapes shapes, string reply) =>
        reply[0] == '*' && !shapes.IsOrdered ? string.Join('\n', RespReading.Strings(reply).Order(StringComparer.Ordinal)) : reply;
}
