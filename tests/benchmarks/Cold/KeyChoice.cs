using System.Globalization;

namespace Marekvs.Benchmarks.Cold;

/// <summary>Which key comes next: all alike, or few of them most of the time (Zipf, exponent 0.99).</summary>
internal sealed class KeyChoice
{
    private const double Exponent = 0.99;

    private readonly int _keys;
    private readonly double[]? _shares;

    private KeyChoice(int keys, double[]? shares) => (_keys, _shares) = (keys, shares);

    public static KeyChoice Uniform(int keys) => new(keys, shares: null);

    public static KeyChoice Zipf(int keys)
    {
        var shares = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++)
        {
            shares[i] = sum += 1 / Math.Pow(i + 1, Exponent);
        }

        return new KeyChoice(keys, [.. shares.Select(share => share / sum)]);
    }

    public static string NameOf(int key) => key.ToString("D10", CultureInfo.InvariantCulture);

    public int Next(Random random)
    {
        if (_shares is null)
        {
            return random.Next(_keys);
        }

        int rank = Array.BinarySearch(_shares, random.NextDouble());

        // Neighbours in rank must not be neighbours in the store: a multiplier without common factors spreads them.
        return (int)((rank < 0 ? ~rank : rank) * 2_654_435_761L % _keys);
    }
}
