using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Keys;

[TestClass]
public sealed class GlobPatternTests
{
    [TestMethod]
    [DataRow("h?llo", "hello", true)]
    [DataRow("h?llo", "hllo", false)]
    [DataRow("h*llo", "heeeello", true)]
    [DataRow("h*llo", "hllo", true)]
    [DataRow("h[ae]llo", "hallo", true)]
    [DataRow("h[ae]llo", "hillo", false)]
    [DataRow("h[^e]llo", "hello", false)]
    [DataRow("h[^e]llo", "hbllo", true)]
    [DataRow("h[a-b]llo", "hbllo", true)]
    [DataRow("h[b-a]llo", "hallo", true)]
    [DataRow("h\\?llo", "h?llo", true)]
    [DataRow("h\\?llo", "hello", false)]
    [DataRow("[\\]]", "]", true)]
    [DataRow("a\\", "a\\", true)]
    [DataRow("[a", "a", true)]
    [DataRow("[^", "x", true)]
    [DataRow("[]", "x", false)]
    [DataRow("*a*b*c", "xxaxxbxxabc", true)]
    [DataRow("*a*b*c", "xxaxxbxxab", false)]
    [DataRow("**", "anything", true)]
    [DataRow("a**", "a", true)]
    [DataRow("", "", true)]
    [DataRow("", "a", false)]
    [DataRow("*", "", false)]
    public void Matches_EachForm_FollowsRedis(string pattern, string text, bool expected) =>
        Assert.AreEqual(expected, Matches(pattern, text));

    [TestMethod]
    [DataRow("CONFIG*", "config-file", true)]
    [DataRow("max[A-Z]*", "MAXmemory", true)]
    [DataRow("x", "Y", false)]
    public void Matches_IgnoringCase_FoldsLetters(string pattern, string text, bool expected) =>
        Assert.AreEqual(expected, Matches(pattern, text, ignoreCase: true));

    [TestMethod]
    [Timeout(10_000, CooperativeCancellation = true)]
    public void Matches_ManyStars_StaysFast()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 1_000)) + "b";
        Assert.IsFalse(Matches(pattern, new string('a', 20_000)));
    }

    [TestMethod]
    public void Keys_RandomPatterns_MatchWhatRedisMatches()
    {
        const string Letters = "abc-]";
        const string Signs = "abc-]*?[^\\*";
        var random = new Random(7);
        using var redis = new RedisServer();
        string[] names = [.. Enumerable.Range(0, 60).Select(_ => Draw(random, Letters, 1, 5)).Distinct()];
        redis.Connection.RunArguments([.. names.Prepend("MSET").SelectMany(n => n == "MSET" ? [n] : new[] { n, "v" })]);
        for (int i = 0; i < 3_000; i++)
        {
            string pattern = Draw(random, Signs, 1, 7);
            List<string> expected = RespReading.Strings(redis.Connection.RunArguments("KEYS", pattern));
            CollectionAssert.AreEquivalent(expected, names.Where(name => Matches(pattern, name)).ToList(), pattern);
        }
    }

    private static string Draw(Random random, string letters, int least, int most) =>
        new([.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => letters[random.Next(letters.Length)])]);

    private static bool Matches(string pattern, string text, bool ignoreCase = false) =>
        GlobPattern.Matches(Encoding.Latin1.GetBytes(pattern), Encoding.Latin1.GetBytes(text), ignoreCase);
}
