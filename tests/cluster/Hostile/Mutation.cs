namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>Damages bytes as a bad cable, a bad program or a bad person would.</summary>
internal static class Mutation
{
    /// <summary>A damaged copy.</summary>
    /// <param name="bytes">What is damaged.</param>
    /// <param name="random">How.</param>
    /// <param name="from">Bytes before it stay as they are.</param>
    public static byte[] Of(ReadOnlySpan<byte> bytes, Random random, int from = 0)
    {
        List<byte> damaged = [.. bytes];
        for (int i = random.Next(1, 4); i > 0 && damaged.Count > from; i--)
        {
            Damage(damaged, random, from);
        }

        return [.. damaged];
    }

    private static void Damage(List<byte> bytes, Random random, int from)
    {
        int at = random.Next(from, bytes.Count);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                // An absurd number, whatever its width.
                for (int i = at; i < Math.Min(bytes.Count, at + random.Next(1, 9)); i++)
                {
                    bytes[i] = 0xFF;
                }

                break;
            case 3:
                for (int i = at; i < Math.Min(bytes.Count, at + random.Next(1, 9)); i++)
                {
                    bytes[i] = 0;
                }

                break;
            case 4:
                bytes.RemoveRange(at, random.Next(bytes.Count - at) + 1);
                break;
            case 5:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 4)));
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 20))));
                break;
        }
    }
}
