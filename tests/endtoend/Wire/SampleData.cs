using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Wire;

/// <summary>Keys whose values follow from their number, so that any of them can be checked on sight.</summary>
internal static class SampleData
{
    private const int BurstBytesMax = 256 * 1024;

    public static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"sample:{number}");

    public static string Value(int number, int bytes)
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"{number}:");
        return start.PadRight(bytes, (char)('a' + (number % 26)));
    }

    /// <summary>Sets keys and insists that each is acknowledged.</summary>
    public static void Write(RespClient client, int from, int count, int valueBytes)
    {
        var burst = new CommandBuffer();
        int perBurst = Math.Max(1, BurstBytesMax / (valueBytes + 50));
        foreach (int[] numbers in Enumerable.Range(from, count).Chunk(perBurst))
        {
            burst.Clear();
            foreach (int number in numbers)
            {
                burst.Add("SET", Key(number), Value(number, valueBytes));
            }

            client.Send(burst.Written);
            foreach (int number in numbers)
            {
                Assert.AreEqual("+OK", Answer(client.Read()), Key(number));
            }
        }
    }

    /// <summary>Which keys of a range are missing or hold something else.</summary>
    public static IReadOnlyList<int> Faults(RespClient client, IEnumerable<int> numbers, int valueBytes)
    {
        var faults = new List<int>();
        var burst = new CommandBuffer();
        int perBurst = Math.Max(1, BurstBytesMax / (valueBytes + 50));
        foreach (int[] some in numbers.Chunk(perBurst))
        {
            burst.Clear();
            foreach (int number in some)
            {
                burst.Add("GET", Key(number));
            }

            client.Send(burst.Written);
            foreach (int number in some)
            {
                if (client.Read().TextOrNull != Value(number, valueBytes))
                {
                    faults.Add(number);
                }
            }
        }

        return faults;
    }

    public static void AssertAllThere(RespClient client, int from, int count, int valueBytes)
    {
        IReadOnlyList<int> faults = Faults(client, Enumerable.Range(from, count), valueBytes);
        Assert.IsEmpty(faults, $"of {count} keys from {from} on");
    }

    public static string Answer(RespReply reply) => reply.Kind + reply.TextOrNull;
}
