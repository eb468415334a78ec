using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>What tests of sorted set commands share.</summary>
public abstract class ZsetCommandTests : CommandTests
{
    /// <summary>Checks all members and scores of a sorted set: member, score, member, score.</summary>
    protected void ExpectZset(string key, params string[] expected) =>
        Expect(Resp.Bulks(expected), $"ZRANGE {key} 0 -1 WITHSCORES");

    /// <summary>A score in RESP3.</summary>
    protected static string Double(double score) =>
        string.Create(CultureInfo.InvariantCulture, $",{score}\r\n");
}
