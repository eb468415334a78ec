using System.Globalization;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>Writes of every type, at random; and reads that look into every corner of a key.</summary>
internal static class Writer
{
    private static readonly string[] Writes =
    [
        "SET s:{k} v{n}", "SET s:{k} v{n} PX 100000", "INCRBY n:{k} {n}", "INCRBYFLOAT n:{k} 1.5", "APPEND s:{k} {n}",
        "SETRANGE s:{k} {k} x", "HSET h:{k} f{n} v{n} g 1", "HINCRBY h:{k} c {n}", "HPEXPIRE h:{k} 100000 FIELDS 1 g",
        "HDEL h:{k} f{n}", "SADD t:{k} m{n} x", "SREM t:{k} x", "ZADD z:{k} {n} m{n} 1.5 x", "ZINCRBY z:{k} 2 x",
        "ZREM z:{k} x", "RPUSH l:{k} v{n} w", "LPUSH l:{k} v{n}", "LSET l:{k} 0 changed{n}", "LINSERT l:{k} BEFORE w i{n}",
        "LREM l:{k} 1 w", "LPOP l:{k}", "XADD x:{k} * f v{n}", "XGROUP CREATE x:{k} g 0 MKSTREAM",
        "XREADGROUP GROUP g c{k} COUNT 2 STREAMS x:{k} >", "XAUTOCLAIM x:{k} g d 0 0", "XTRIM x:{k} MAXLEN 5",
        "XACK x:{k} g 1-1", "PFADD p:{k} e{n} e", "PFMERGE p:{k} p:0", "DEL s:{k} h:{k}", "DEL z:{k} l:{k} x:{k}",
        "PEXPIRE t:{k} 100000", "PERSIST t:{k}", "RENAME s:{k} s:0", "COPY z:{k} z:0 REPLACE", "MSET s:{k} 1 s:0 2",
    ];

    private static readonly string[] Reads =
    [
        "TYPE {0}", "DUMP {0}", "OBJECT ENCODING {0}", "PTTL {0}", "GET {0}", "STRLEN {0}", "PFCOUNT {0}", "HGETALL {0}",
        "HPTTL {0} FIELDS 1 g", "HSCAN {0} 0", "SMEMBERS {0}", "SCARD {0}", "SRANDMEMBER {0}", "ZRANGE {0} 0 -1 WITHSCORES",
        "ZRANGEBYSCORE {0} -inf +inf", "ZCARD {0}", "ZRANK {0} x", "LRANGE {0} 0 -1", "LLEN {0}", "LINDEX {0} 1", "LPOS {0} w",
        "XRANGE {0} - +", "XINFO STREAM {0} FULL", "XPENDING {0} g", "XINFO CONSUMERS {0} g", "SORT {0} ALPHA",
    ];

    /// <summary>A write.</summary>
    public static string Next(Random random) => random.Next(500) == 0
        ? "FLUSHALL"
        : Writes[random.Next(Writes.Length)]
            .Replace("{k}", random.Next(4).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{n}", random.Next(100).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Reads of a key.</summary>
    public static IEnumerable<string> ReadsOf(string key) =>
        Reads.Select(read => string.Format(CultureInfo.InvariantCulture, read, key));

    /// <summary>All keys there may be.</summary>
    public static IEnumerable<string> Keys =>
        from type in "snhtzlxp"
        from k in Enumerable.Range(0, 4)
        select $"{type}:{k}";
}
