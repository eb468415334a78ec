using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

[TestClass]
public sealed class ZincrbyTests : ZsetCommandTests
{
    [TestMethod]
    public void Zincrby_Member_AnswersTheSum()
    {
        Expect(Resp.Bulk("5"), "ZINCRBY z 5 a");
        Expect(Resp.Bulk("3.5"), "ZINCRBY z -1.5 a");
        Given("ZADD z 10 a");
        Keyspace.TakeEvents();
        Expect(Resp.Bulk("10"), "ZINCRBY z 0 a");
        Expect(Resp.Bulk("11"), "ZINCRBY z 1 a");
        Expect(Resp.Bulk("0"), "ZINCRBY z 0 zero");
        ExpectZset("z", "zero", "0", "a", "11");
        ExpectEvents("z zincr z", "z zincr z");
    }

    [TestMethod]
    [DataRow("ZINCRBY z x a", Resp.NotFloat)]
    [DataRow("ZINCRBY z nan a", Resp.NotFloat)]
    [DataRow("ZINCRBY z nx a", Resp.SyntaxError)]
    public void Zincrby_NoNumber_IsRefused(string line, string error) => Expect(error, line);

    [TestMethod]
    public void Zincrby_Infinities_MakeNoNumber()
    {
        Expect(Resp.Bulk("-inf"), "ZINCRBY z -inf a");
        Expect(Resp.Bulk("-inf"), "ZINCRBY z 5 a");
        Expect("-ERR resulting score is not a number (NaN)\r\n", "ZINCRBY z inf a");
        Expect(Resp.Bulk("1"), "ZADD z INCR 1 b");
        ExpectZset("z", "a", "-inf", "b", "1");
    }

    /// <summary>Increments are kept apart from the score so that those of several nodes add up; what comes out is the
    /// double that adding one to the other gives, as in Redis, however the numbers fit together.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Zincrby_ManyTimes_IsTheSumOfDoubles(int seed)
    {
        var random = new Random(seed);
        double expected = 0;
        for (int i = 0; i < 400; i++)
        {
            double number = Number(random);
            if (random.Next(20) == 0)
            {
                Given($"ZADD z {Text(number)} a");
                expected = number;
                continue;
            }

            expected += number;
            string reply = Run($"ZINCRBY z {Text(number)} a");
            Assert.AreEqual(expected, double.Parse(RespReading.String(reply), CultureInfo.InvariantCulture), $"{seed} {i}");
            Assert.AreEqual(reply, Run("ZSCORE z a"), $"{seed} {i}");
            Expect(Resp.Bulks("a", RespReading.String(reply)), "ZRANGE z 0 -1 WITHSCORES");
        }
    }

    [TestMethod]
    public async Task Zincrby_RemovedAndAddedAnew_BeginsAtZero()
    {
        Given("ZADD z 4.5 x", "ZINCRBY z 2 x", "ZREM z x");
        Expect(Resp.Bulk("2"), "ZINCRBY z 2 x");
        Given("DEL z");
        Expect(Resp.Bulk("3"), "ZINCRBY z 3 x");
        await Keyspace.CrashAsync();
        ExpectZset("z", "x", "3");
    }

    private static double Number(Random random) => random.Next(7) switch
    {
        0 => random.Next(-100, 100),
        1 => random.Next(-1000, 1000) / 100.0,
        2 => random.NextDouble(),
        3 => random.NextInt64(),
        4 => 1e16,
        5 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 40)),
        _ => -0.1,
    };

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
