using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.Rdb;

/// <summary>Damages bytes in every way that comes to mind.</summary>
internal static class Damage
{
    /// <summary>Reads damaged copies, each of which must be read or refused as what does not follow the format.</summary>
    internal static void Each(byte[] sound, int rounds, Action<byte[]> read)
    {
        var random = new Random(1);
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = [.. sound];
            for (int i = random.Next(1, 4); i > 0 && damaged.Length > 0; i--)
            {
                int at = random.Next(damaged.Length);
                switch (random.Next(4))
                {
                    case 0:
                        damaged[at] ^= (byte)(1 << random.Next(8));
                        break;
                    case 1:
                        damaged[at] = (byte)random.Next(256);
                        break;
                    case 2:
                        damaged = damaged[..at];
                        break;
                    default:
                        damaged = [.. damaged[..at], (byte)random.Next(256), .. damaged[at..]];
                        break;
                }
            }

            try
            {
                read(damaged);
            }
            catch (RecordFormatException)
            {
                // What is wanted.
            }
        }
    }
}
