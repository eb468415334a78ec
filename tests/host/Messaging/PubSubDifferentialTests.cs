using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Wire = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Messaging;

/// <summary>
/// Runs the same random conversation of several clients here and on a real redis-server, and compares all that each of
/// them is sent, in order. What may differ: the order in which subscriptions end that are not named, in which channels
/// are listed, and in which a message comes for several patterns. The publishing client listens to nothing: 7.0 sends a client's own message before the reply,
/// 7.4 after it.
/// </summary>
[TestClass]
public sealed class PubSubDifferentialTests
{
    private const int Steps = 1500;
    private const int Listeners = 3;

    private static readonly string[] Channels = ["a", "b", "ab", "{t}c", "", "__keyevent@0__:set", "__keyspace@0__:k1"];
    private static readonly string[] Patterns = ["*", "a*", "?", "[a-b]", "__key*__:*", "nothing"];
    private static readonly string[] Pong = ["+PONG\r\n", Wire.Bulks("pong", "")];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task RandomConversation_EveryClient_IsSentWhatRedisSends(int seed)
    {
        await using TestNode node = await AclNode.StartAsync();
        using var redis = new RedisServer();
        RedisConnection[] ours = [.. Enumerable.Range(0, Listeners + 1).Select(_ => node.Connect())];
        RedisConnection[] theirs = [.. Enumerable.Range(0, Listeners + 1).Select(_ => redis.Connect())];
        foreach (RedisConnection client in (RedisConnection[])[ours[0], theirs[0]])
        {
            client.Run("CONFIG SET notify-keyspace-events KEA");
        }

        var random = new Random(seed);
        for (int step = 0; step < Steps; step++)
        {
            int who = random.Next(Listeners + 1);
            string[][] commands = who == 0 ? Publish(random) : Listen(random);
            foreach (string[] command in commands)
            {
                ours[who].Send(command);
                theirs[who].Send(command);
            }

            string said = string.Join("; ", commands.Select(command => string.Join(' ', command)));
            foreach (int client in (int[])[who, .. Enumerable.Range(0, Listeners + 1)])
            {
                Assert.AreEqual(
                    string.Concat(Received(theirs[client], commands)), string.Concat(Received(ours[client], commands)),
                    $"seed {seed}, step {step}: client {client} after client {who} said {said}");
            }
        }

        Array.ForEach(ours, client => client.Dispose());
    }

    private static string[][] Publish(Random random) => random.Next(12) switch
    {
        0 or 1 or 2 or 3 => [["PUBLISH", Any(random, Channels), $"m{random.Next(100)}"]],
        4 or 5 => [["SPUBLISH", Any(random, Channels), "x\r\n"]],
        6 => [["PUBSUB", "CHANNELS", .. Maybe(random, Patterns)]],
        7 => [["PUBSUB", Any(random, "NUMSUB", "SHARDNUMSUB"), "a", "b", ""], ["PUBSUB", "NUMPAT"], ["PUBSUB", "foo"]],
        8 => [["PUBSUB", "SHARDCHANNELS", .. Maybe(random, Patterns)]],
        9 => [["SET", $"k{random.Next(3)}", "v"], ["DEL", $"k{random.Next(3)}"]],
        10 => [["MULTI"], ["SET", "k1", "v"], ["PUBLISH", "a", "between"], ["DEL", "k1", "k2"], ["EXEC"]],
        _ => [["PUBLISH", "a"], ["PUBLISH", "a", "1"], ["PUBLISH", "a", "2"]],
    };

    private static string[][] Listen(Random random) => random.Next(16) switch
    {
        0 or 1 or 2 => [["SUBSCRIBE", .. Some(random, Channels)]],
        3 or 4 => [["PSUBSCRIBE", .. Some(random, Patterns)]],
        5 => [["SSUBSCRIBE", Any(random, Channels)]],
        6 or 7 => [["UNSUBSCRIBE", .. Some(random, Channels)]],
        8 => [["PUNSUBSCRIBE", .. Some(random, Patterns)]],
        9 => [["SUNSUBSCRIBE", Any(random, Channels)]],
        10 => [[Any(random, "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE")]],
        11 => [["HELLO", "9"], ["GET", "k1"], ["PING", "x"], ["SUBSCRIBE"], ["FOO"]],
        12 => [["RESET"], .. random.Next(2) == 0 ? (string[][])[["CLIENT", "REPLY", "ON"]] : [["PING"]]],
        13 => [["RESET"], ["HELLO", "3"], ["SUBSCRIBE", "a"]],
        14 => [["MULTI"], ["SUBSCRIBE", "a", "b"], ["UNSUBSCRIBE", "a"], ["EXEC"]],
        _ => [["SUBSCRIBE", "a"], ["UNSUBSCRIBE", "a"], ["PSUBSCRIBE", "a"], ["PUNSUBSCRIBE", "a"]],
    };

    /// <summary>What a client has been sent, up to the answer to a PING of now.</summary>
    private static List<string> Received(RedisConnection client, string[][] commands)
    {
        client.Send("ECHO end-of-step");
        client.Send("PING");
        List<string> received = [];
        string reply = client.ReadReply();
        while (!Pong.Contains(reply) || !IsEnd(received))
        {
            if (!IsAboutTheServer(reply))
            {
                received.Add(reply);
            }

            reply = client.ReadReply();
        }

        return commands is [[string name, ..] last] && (last.Length == 1 || name == "PUBSUB") ? Unordered(received) : InPatternOrder(received);
    }

    private static bool IsEnd(List<string> received) => received.Count > 0 &&
        (received[^1] == Wire.Bulk("end-of-step") || received[^1].StartsWith("-ERR Can't execute 'echo'", StringComparison.Ordinal));

    private static bool IsAboutTheServer(string reply) => reply.StartsWith("%7\r\n$6\r\nserver", StringComparison.Ordinal);

    /// <summary>A message that matches several patterns of a client is sent for each, in any order.</summary>
    private static List<string> InPatternOrder(List<string> received)
    {
        List<string> ordered = [];
        foreach (string reply in received)
        {
            int at = ordered.Count;
            while (at > 0 && IsSameMessage(ordered[at - 1], reply) && string.CompareOrdinal(reply, ordered[at - 1]) < 0)
            {
                at--;
            }

            ordered.Insert(at, reply);
        }

        return ordered;
    }

    private static bool IsSameMessage(string first, string second) =>
        first.Split("\r\n") is [_, _, "pmessage", _, _, .. string[] left] &&
        second.Split("\r\n") is [_, _, "pmessage", _, _, .. string[] right] && left.SequenceEqual(right);

    /// <summary>The lines in one order whatever they came in.</summary>
    private static List<string> Unordered(List<string> replies) =>
        [.. replies.SelectMany(reply => reply.Split("\r\n")).Order(StringComparer.Ordinal)];

    private static string Any(Random random, params string[] choices) => choices[random.Next(choices.Length)];

    private static string[] Maybe(Random random, string[] choices) => random.Next(2) == 0 ? [] : [Any(random, choices)];

    private static string[] Some(Random random, string[] choices) =>
        [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Any(random, choices))];
}
