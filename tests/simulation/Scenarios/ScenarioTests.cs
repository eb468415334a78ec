namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>What users are told of every family when nodes were apart, each time told three ways.</summary>
[TestClass]
public sealed class ScenarioTests
{
    private static readonly Scenario[] Strings =
    [
        new("of two values the later stays") { A = ["SET k a"], B = ["SET k b"], After = [("GET k", "b")] },
        new("a delete does not reach what it has not seen")
        {
            Before = ["SET k v"], A = ["DEL k"], B = ["SET k w"], After = [("GET k", "w")],
        },
        new("a new value has no deadline")
        {
            Before = ["SET k v"], A = ["SET k v2"], B = ["EXPIRE k 100"], After = [("GET k", "v2"), ("TTL k", "-1")],
        },
        new("increments add up")
        {
            A = ["50*INCR k"], B = ["50*INCR k"], C = ["50*INCR k"], After = [("GET k", "150")],
        },
        new("a deleted counter keeps what the deleter did not see")
        {
            Before = ["INCRBY k 100"], A = ["DEL k"], B = ["3*INCR k"], After = [("GET k", "3")],
        },
        new("a counter deleted and begun anew")
        {
            Before = ["INCRBY k 100"], A = ["DEL k", "INCR k"], B = ["INCR k"], After = [("GET k", "2")],
        },
        new("increments count on top of a new value")
        {
            Before = ["SET k 5"], A = ["SET k 10"], B = ["INCRBY k 7"], After = [("GET k", "17")],
        },
        new("floats add up to the same text")
        {
            A = ["3*INCRBYFLOAT k 0.1"], B = ["3*INCRBYFLOAT k 0.1"], After = [("GET k", "0.6")],
        },
        new("a text hides increments, for good")
        {
            Before = ["INCRBY k 5"], A = ["SET k abc"], B = ["INCR k"], Then = ["SET k 1"], After = [("GET k", "1")],
        },
        new("the earlier lock holds")
        {
            A = ["SET lock a NX PX 300000"], B = ["SET lock b NX"], After = [("GET lock", "a")],
        },
        new("the longest deadline holds")
        {
            Before = ["SET k v"], A = ["PEXPIREAT k 1735700000000"], B = ["PEXPIREAT k 1735800000000"],
            After = [("PEXPIRETIME k", "1735800000000")],
        },
        new("no deadline is the longest")
        {
            Before = ["SET k v", "PEXPIREAT k 1735900000000"], A = ["PEXPIREAT k 1735700000000"],
            B = ["PEXPIREAT k 1735800000000"], C = ["PERSIST k"], After = [("TTL k", "-1")],
        },
        new("a flush does not reach what it has not seen")
        {
            Before = ["SET a 1", "SADD s x"], A = ["FLUSHALL"], B = ["SET n 1"],
            After = [("EXISTS a s", "0"), ("GET n", "1")],
        },
    ];

    private static readonly Scenario[] Collections =
    [
        new("an element removed after it was added again and again")
        {
            Before = ["SADD s m"], A = ["4*SADD s m", "SREM s m"], After = [("EXISTS s", "0")],
        },
        new("adding wins over removing")
        {
            Before = ["SADD s m"], A = ["SREM s m"], B = ["SADD s m"], After = [("SMEMBERS s", "m"), ("SCARD s", "1")],
        },
        new("a deleted hash keeps what the deleter did not see")
        {
            Before = ["HINCRBY h c 10"], A = ["DEL h"], B = ["HINCRBY h c 4", "HSET h x 1"],
            After = [("HGET h c", "4"), ("HGET h x", "1"), ("HLEN h", "2")],
        },
        new("a removed score keeps what the remover did not see")
        {
            Before = ["ZADD z 4.1 x"], A = ["ZREM z x"], B = ["ZINCRBY z 2 x"], After = [("ZSCORE z x", "2")],
        },
        new("the greatest score holds")
        {
            A = ["ZADD z GT 10 x"], B = ["ZADD z GT 7 x"],
            After = [("ZSCORE z x", "10"), ("ZCARD z", "1"), ("ZRANGE z 0 -1", "x"), ("ZCOUNT z -inf +inf", "1")],
        },
        new("two types under one name")
        {
            A = ["SADD k a"], B = ["HSET k f v"], After = [("TYPE k", "*")],
        },
        new("two types under one name, deleted")
        {
            A = ["SADD k a"], B = ["HSET k f v"], Then = ["DEL k"], After = [("EXISTS k", "0"), ("DBSIZE", "*")],
        },
        new("a deadline does not bring back a deleted set")
        {
            Before = ["SADD s a"], A = ["DEL s"], B = ["EXPIRE s 60"], After = [("EXISTS s", "0")],
        },
        new("renamed while written to")
        {
            Before = ["SADD a p q"], A = ["RENAME a b"], B = ["SADD a x"],
            After = [("SMEMBERS b", "p q"), ("SMEMBERS a", "x")],
        },
        new("a sketch deleted and begun anew")
        {
            A = ["PFADD h x", "DEL h", "PFADD h x"], After = [("PFCOUNT h", "1")],
        },
        new("sketches unite") { A = ["PFADD h x"], B = ["PFADD h y z"], After = [("PFCOUNT h", "3")] },
    ];

    private static readonly Scenario[] Lists =
    [
        new("pushes stay together")
        {
            A = ["RPUSH l a1 a2 a3"], B = ["RPUSH l b1 b2 b3"],
            After = [("LRANGE l 0 -1", "a1 a2 a3 b1 b2 b3|b1 b2 b3 a1 a2 a3"), ("LLEN l", "6")],
        },
        new("two insertions at one place")
        {
            Before = ["RPUSH l x"], A = ["LINSERT l AFTER x y1"], B = ["LINSERT l AFTER x y2"],
            After = [("LRANGE l 0 -1", "x y1 y2|x y2 y1"), ("LLEN l", "3")],
        },
        new("popped twice")
        {
            Before = ["RPUSH l a b c"], A = ["LPOP l"], B = ["LPOP l"], After = [("LRANGE l 0 -1", "b c"), ("LLEN l", "2")],
        },
        new("what is popped is not there to be set")
        {
            Before = ["RPUSH l a b"], A = ["LPOP l"], B = ["LSET l 0 z"], After = [("LRANGE l 0 -1", "b"), ("LLEN l", "1")],
        },
        new("a deleted list begun anew")
        {
            Before = ["RPUSH l a"], A = ["DEL l"], B = ["RPUSH l y"], After = [("LRANGE l 0 -1", "y")],
        },
        new("moved twice")
        {
            Before = ["RPUSH q e"], A = ["LMOVE q w LEFT RIGHT"], B = ["LMOVE q w LEFT RIGHT"],
            After = [("LLEN q", "0"), ("LRANGE w 0 -1", "e|e e")],
        },
    ];

    private static readonly Scenario[] Streams =
    [
        new("two entries with one id")
        {
            A = ["XADD s 5-1 f a"], B = ["XADD s 5-1 f b"], After = [("XLEN s", "2")],
        },
        new("two entries with one id, removed")
        {
            A = ["XADD s 5-1 f a"], B = ["XADD s 5-1 f b"], Then = ["XDEL s 5-1"], After = [("XLEN s", "0")],
        },
        new("a deleted stream keeps what the deleter did not see")
        {
            Before = ["XADD s 1-1 f a"], A = ["DEL s"], B = ["XADD s 2-1 f b"],
            After = [("XRANGE s - +", "2-1 f b"), ("EXISTS s", "1")],
        },
        new("an id used again after a delete")
        {
            A = ["XADD s 1-1 f a", "DEL s", "XADD s 1-1 f b"], After = [("XRANGE s - +", "1-1 f b"), ("XLEN s", "1")],
        },
        new("delivered on both sides, acknowledged once")
        {
            Before = ["XADD s 1-1 f a", "XGROUP CREATE s g 0"], A = ["XREADGROUP GROUP g c1 STREAMS s >"],
            B = ["XREADGROUP GROUP g c2 STREAMS s >"], Then = ["XACK s g 1-1"], After = [("XPENDING s g - + 10", "")],
        },
        new("acknowledging wins over claiming")
        {
            Before = ["XADD s 1-1 f a", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c1 STREAMS s >"], A = ["XACK s g 1-1"],
            B = ["XCLAIM s g c2 0 1-1"], After = [("XPENDING s g - + 10", "")],
        },
        new("acknowledging wins over delivering again")
        {
            Before = ["XADD s 1-1 f a", "XGROUP CREATE s g 0"], A = ["XREADGROUP GROUP g c1 STREAMS s >", "XACK s g 1-1"],
            B = ["XREADGROUP GROUP g c2 STREAMS s >"], After = [("XPENDING s g - + 10", "")],
        },
        new("claimed on both sides, by one in the end")
        {
            Before = ["XADD s 1-1 f a", "XGROUP CREATE s g 0", "XREADGROUP GROUP g c0 STREAMS s >"],
            A = ["XCLAIM s g c1 0 1-1 JUSTID"], B = ["XCLAIM s g c2 0 1-1 JUSTID"],
            After = [("XPENDING s g - + 10 c0", ""), ("XPENDING s g", "1 1-1 1-1 c1 1|1 1-1 1-1 c2 1")],
        },
    ];

    private static readonly Scenario[] All = [.. Strings, .. Collections, .. Lists, .. Streams];

    public static IEnumerable<object[]> Plays =>
        from scenario in All
        from delivery in Enum.GetValues<Delivery>()
        select new object[] { scenario.Name, delivery };

    [TestMethod]
    [DynamicData(nameof(Plays))]
    public void Scenario_AfterTheyMeet_AllShowWhatIsPromised(string name, Delivery delivery) =>
        All.Single(scenario => scenario.Name == name).Play(delivery);
}
