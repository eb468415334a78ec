using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Tracking;

/// <summary>
/// Runs the same random conversation of clients that track what they read here and on a real redis-server, and compares
/// all that each of them is sent, in order: one that only writes, one that tracks in RESP3, one that is broadcast to,
/// one whose invalidations go to the last, which listens for them in RESP2. No transaction writes a key
/// twice with a read between: Redis tells of it twice, here it is one change.
/// </summary>
[TestClass]
public sealed class TrackingDifferentialTests
{
    private const int Steps = 2000;
    private const int Tracker = 1;
    private const int Broadcast = 2;
    private const int Redirecting = 3;
    private const int Target = 4;

    private static readonly string[] Keys = ["a", "b", "ab", "{t}c", ""];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task RandomConversation_EveryClient_IsSentWhatRedisSends(int seed)
    {
        await using TestNode node = await AclNode.StartAsync();
        using var redis = new RedisServer();
        RedisConnection[] ours = [.. Enumerable.Range(0, Target + 1).Select(_ => node.Connect())];
        RedisConnection[] theirs = [.. Enumerable.Range(0, Target + 1).Select(_ => redis.Connect())];
        string ourTarget = Begin(ours);
        string theirTarget = Begin(theirs);
        var random = new Random(seed);
        for (int step = 0; step < Steps; step++)
        {
            int who = random.Next(Redirecting + 1);
            string[][] commands = who switch
            {
                0 => [Write(random)],
                Broadcast => [BroadcastMode(random)],
                _ => Track(random, who == Redirecting),
            };
            foreach (string[] command in commands)
            {
                ours[who].Send([.. command.Select(word => word == "TARGET" ? ourTarget : word)]);
                theirs[who].Send([.. command.Select(word => word == "TARGET" ? theirTarget : word)]);
            }

            string said = string.Join("; ", commands.Select(command => string.Join(' ', command)));
            foreach (int client in (int[])[who, .. Enumerable.Range(0, Target + 1)])
            {
                Assert.AreEqual(
                    Received(theirs[client]).Replace($":{theirTarget}\r\n", ":target\r\n", StringComparison.Ordinal),
                    Received(ours[client]).Replace($":{ourTarget}\r\n", ":target\r\n", StringComparison.Ordinal),
                    $"seed {seed}, step {step}: client {client} after client {who} said {said}");
            }
        }

        Array.ForEach(ours, client => client.Dispose());
    }

    private static string Begin(RedisConnection[] clients)
    {
        clients[Tracker].Run("HELLO 3");
        clients[Broadcast].Run("HELLO 3");

        // The last of at least five connections: no count that the conversation answers is as large.
        string id = clients[Target].Run("CLIENT ID")[1..^2];
        clients[Target].Run("SUBSCRIBE __redis__:invalidate");
        return id;
    }

    private static string[] Write(Random random) => random.Next(14) switch
    {
        0 or 1 or 2 => ["SET", Any(random, Keys), "v"],
        3 or 4 => ["MSET", Any(random, Keys), "v", Any(random, Keys), "w"],
        5 or 6 => ["DEL", Any(random, Keys), Any(random, Keys)],
        7 => ["SETEX", Any(random, Keys), "1000", "x"],
        8 => ["EXPIRE", Any(random, Keys), "1000"],
        9 => ["PERSIST", Any(random, Keys)],
        10 => ["COPY", Any(random, Keys), Any(random, Keys), "REPLACE"],
        11 => ["SETNX", Any(random, Keys), "n"],
        12 => ["GET", Any(random, Keys)],
        _ => [Any(random, "FLUSHALL", "FLUSHDB")],
    };

    private static string[] BroadcastMode(Random random) => random.Next(10) switch
    {
        0 => ["CLIENT", "TRACKING", "ON", "BCAST"],
        1 => ["CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP", "PREFIX", Any(random, Keys)],
        2 => ["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "{t"],
        3 => ["CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "b", "PREFIX", Any(random, "b", "c", "ab")],
        4 or 5 => ["CLIENT", "TRACKING", "OFF"],
        6 => ["CLIENT", "TRACKING", Any(random, "ON", "x"), .. Maybe(random, "OPTIN")],
        7 => ["CLIENT", "TRACKINGINFO"],
        8 => ["CLIENT", "CACHING", Any(random, "YES", "NO", "x")],
        _ => ["GET", Any(random, Keys)],
    };

    private static string[][] Track(Random random, bool redirects)
    {
        string[] target = redirects ? ["REDIRECT", "TARGET"] : [];
        return random.Next(21) switch
        {
            0 or 1 => [["CLIENT", "TRACKING", "ON", .. target, .. Maybe(random, "NOLOOP")]],
            2 => [["CLIENT", "TRACKING", "ON", .. target, "OPTIN", .. Maybe(random, "OPTOUT")]],
            3 => [["CLIENT", "TRACKING", "ON", .. target, "OPTOUT", .. Maybe(random, "BCAST")]],
            4 => [["CLIENT", "TRACKING", "OFF"]],
            5 => [["CLIENT", "CACHING", "YES"], ["MGET", "a", "b"], ["GET", "ab"]],
            6 => [["CLIENT", "CACHING", "NO"], ["CLIENT", "TRACKINGINFO"], ["GET", "a"], ["GET", "b"]],
            7 => [["CLIENT", Any(random, "GETREDIR", "TRACKINGINFO")]],
            8 => [["CLIENT", "CACHING", "YES"], ["MULTI"], ["GET", "a"], ["GET", "b"], ["EXEC"], ["GET", "ab"]],
            9 => [["MULTI"], ["GET", "a"], ["SET", "a", "v"], ["DEL", "b"], ["EXEC"]],
            10 => [["MULTI"], ["CLIENT", "CACHING", "YES"], ["GET", "b"], ["EXEC"], ["GET", "a"]],
            11 => [["SET", Any(random, Keys), "mine"], ["GET", Any(random, Keys)]],
            12 => [["FLUSHALL"]],
            13 => [["CLIENT", "TRACKING", "ON", "REDIRECT", Any(random, "12345", "x", "0")], ["CLIENT", "TRACKING", "ON", "PREFIX", "a"]],
            14 => [["GET", Any(random, Keys)], ["MSET", "a", "1", "b", "2"], ["FOO"], ["GET", Any(random, Keys)]],
            15 or 16 => [["MGET", Any(random, Keys), Any(random, Keys)]],
            18 => [["MULTI"], ["MSET", "a", "1", "b", "2"], ["GET", "a"], ["GET", "b"], ["EXEC"], ["GET", "ab"]],
            17 => [["EXISTS", Any(random, Keys)], ["TYPE", Any(random, Keys)], ["TTL", "x"]],
            _ => [["GET", Any(random, Keys)]],
        };
    }

    /// <summary>What a client has been sent, up to the answer to a PING of now.</summary>
    private static string Received(RedisConnection client)
    {
        client.Send("PING");
        string received = "";
        while (true)
        {
            string reply = client.ReadReply();
            if (reply is "+PONG\r\n" or "*2\r\n$4\r\npong\r\n$0\r\n\r\n")
            {
                return received;
            }

            received += reply;
        }
    }

    private static string Any(Random random, params string[] choices) => choices[random.Next(choices.Length)];

    private static string[] Maybe(Random random, string option) => random.Next(2) == 0 ? [option] : [];
}
