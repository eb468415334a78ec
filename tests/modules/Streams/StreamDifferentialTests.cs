using System.Text.RegularExpressions;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Streams;

/// <summary>
/// Runs the same random stream commands here and on a real redis-server 7.0 and compares replies and notifications; ours
/// restarts now and then. Known to differ, and compared all the same:
/// <list type="bullet">
/// <item>Idle times, which follow two clocks: taken for equal.</item>
/// <item>How XREAD words that keys and ids do not pair up, which changed in Redis 7.2.</item>
/// <item>The tree figures of XINFO STREAM, which are Redis's inner structure.</item>
/// <item>A reader or claimer that is new becomes a consumer at once, as in Redis 7.2 and later; so the consumers whose
/// commands are drawn exist before.</item>
/// </list>
/// DUMP is checked by restoring each dump on the other server.
/// </summary>
[TestClass]
public sealed partial class StreamDifferentialTests
{
    private const int Steps = 6_000;
    private const int RestartEvery = 400;

    [TestMethod]
    [DataRow(1, 2)]
    [DataRow(2, 3)]
    [DataRow(3, 2)]
    public async Task Streams_RandomCommands_AnswerAsRedis(int seed, int protocol)
    {
        using var redis = new RedisServer();
        redis.Run($"HELLO {protocol}");
        using var events = new RedisEvents(redis);
        await using KeyspaceRunner ours = ModuleSet.Open(TimeProvider.System.GetUtcNow());
        var commands = new RandomStreamCommands(new Random(seed));
        var history = new Queue<string>();
        redis.Run("SET text t");
        ours.Run("SET text t");
        ours.TakeEvents();
        events.Take();
        for (int step = 0; step < Steps; step++)
        {
            string[] command = commands.Next();
            history.Enqueue(string.Join(' ', command));
            if (history.Count > 60)
            {
                history.Dequeue();
            }

            if (step % RestartEvery == RestartEvery - 1)
            {
                await (step / RestartEvery % 2 == 0 ? ours.ReopenAsync() : ours.CrashAsync());
            }

            ours.Connection.ProtocolVersion = protocol;
            ours.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
            if (command[0] == "DUMP")
            {
                Exchange(redis, ours, command[1]);
                events.Take();
                ours.TakeEvents();
                continue;
            }

            if (command is ["XREADGROUP" or "XCLAIM" or "XAUTOCLAIM", _, _, _, ..])
            {
                string key = command[0] == "XREADGROUP" ? command[Array.IndexOf(command, "STREAMS") + 1] : command[1];
                string group = command[2];
                string made = $"XGROUP CREATECONSUMER {key} {group} alice";
                Assert.AreEqual(redis.Run(made), ours.Run(made));
            }

            string expected = Neutral(command, redis.Connection.RunArguments(command));
            string actual = Neutral(command, ours.Connection.RunArguments(command));
            string context = $"seed {seed}, step {step}: {history.Last()}\n{string.Join('\n', history.Where(line => line.Contains(command[1], StringComparison.Ordinal)))}";
            Assert.AreEqual(expected, actual, context);
            CollectionAssert.AreEqual(
                events.Take().ToArray(), ours.TakeEvents().Select(line => line[2..]).ToArray(), context);
        }
    }

    /// <summary>Each server restores what the other dumped, and both show the same then.</summary>
    private static void Exchange(RedisServer redis, KeyspaceRunner ours, string key)
    {
        string theirs = redis.Run($"DUMP {key}");
        string mine = ours.Run($"DUMP {key}");
        Assert.AreEqual(theirs[0..2] == "$-" || theirs[0] == '_', mine[0..2] == "$-" || mine[0] == '_', key);
        if (theirs[0] == '_' || theirs[1] == '-')
        {
            return;
        }

        Assert.AreEqual(
            "+OK\r\n", redis.Connection.RunArguments("RESTORE", "mine", "0", RespReading.String(mine), "REPLACE"));
        Assert.AreEqual(
            "+OK\r\n", ours.Connection.RunArguments("RESTORE", "theirs", "0", RespReading.String(theirs), "REPLACE"));
        foreach (string read in new[] { "XRANGE {0} - +", "XINFO GROUPS {0}", "XINFO STREAM {0}", "XPENDING {0} g - + 100" })
        {
            string[] command = read.Split(' ');
            string expected = Neutral(command, redis.Run(string.Format(null, read, key)));
            Assert.AreEqual(expected, Neutral(command, redis.Run(string.Format(null, read, "mine"))), read);
            Assert.AreEqual(expected, Neutral(command, ours.Run(string.Format(null, read, "theirs"))), read);
        }

        redis.Run("DEL mine");
        ours.Run("DEL theirs");
    }

    private static string Neutral(string[] command, string reply) => command[0] switch
    {
        "XREAD" or "XREADGROUP" when reply.StartsWith("-ERR Unbalanced", StringComparison.Ordinal) => "-ERR Unbalanced",
        "XPENDING" when command[1] == "{0}" && reply[0] == '-' => "-NOGROUP",
        "XPENDING" => IdleTime().Replace(reply, "$1:idle"),
        "XINFO" => TreeFigure().Replace(reply, "$1:n"),
        _ => reply,
    };

    // An id, a consumer, then the idle time.
    [GeneratedRegex(@"(\*4\r\n\$\d+\r\n\d+-\d+\r\n\$\d+\r\n[a-z]*\r\n):\d+", RegexOptions.CultureInvariant)]
    private static partial Regex IdleTime();

    [GeneratedRegex(@"(radix-tree-(?:keys|nodes)\r\n):\d+", RegexOptions.CultureInvariant)]
    private static partial Regex TreeFigure();
}
