using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Hashes;

/// <summary>What tests of hash commands share.</summary>
public abstract class HashCommandTests : CommandTests
{
    /// <summary>Checks all fields and values of a hash, in whatever order.</summary>
    protected void ExpectHash(string key, params (string Field, string Value)[] fields) =>
        CollectionAssert.AreEquivalent(fields, Pairs(Run($"HGETALL {key}")), key);

    /// <summary>The pairs of a flat array.</summary>
    protected static (string Field, string Value)[] Pairs(string reply) =>
        [.. RespReading.Strings(reply).Chunk(2).Select(pair => (pair[0], pair[1]))];

    /// <summary>An array of integers.</summary>
    protected static string Integers(params ReadOnlySpan<long> values)
    {
        var replies = new string[values.Length];
        for (int i = 0; i < replies.Length; i++)
        {
            replies[i] = Resp.Integer(values[i]);
        }

        return Resp.Array(replies);
    }
}
