using System.Numerics;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// A Bloom filter of channel hashes: a power of two of bits, four for each hash. A smaller filter of the same hashes is a
/// larger one folded, so filters of all sizes can be joined in the smallest. One thread adds; any may ask.
/// </summary>
internal sealed class InterestFilter
{
    /// <summary>The smallest filter takes as many bytes as the longest list.</summary>
    public const int BitsLogMin = 16;

    /// <summary>128 KiB: one in a hundred is wrong at 100,000 channels, and every message goes out at a million.</summary>
    public const int BitsLogMax = 20;

    private const int BitsPerHash = 4;
    private const int RoomPerHash = 10;

    private readonly ulong[] _words;
    private readonly ulong _mask;

    private InterestFilter(ulong[] words)
    {
        _words = words;
        _mask = ((ulong)words.Length * 64) - 1;
    }

    /// <summary>Hashes it can take before it is wrong too often.</summary>
    public int Room => _words.Length * 64 / RoomPerHash;

    public ReadOnlySpan<ulong> Words => _words;

    public int BitsLog => BitOperations.Log2((uint)_words.Length) + 6;

    /// <summary>An empty filter for a number of hashes, within the bounds.</summary>
    public static InterestFilter For(int hashes)
    {
        uint bits = BitOperations.RoundUpToPowerOf2((uint)Math.Min((long)hashes * RoomPerHash, 1 << BitsLogMax));
        return new InterestFilter(new ulong[Math.Max(bits, 1u << BitsLogMin) / 64]);
    }

    /// <summary>A filter another node has sent.</summary>
    /// <param name="words">A power of two of words, within the bounds.</param>
    public static InterestFilter Of(ulong[] words) => new(words);

    public void Add(ulong hash)
    {
        for (uint i = 0; i < BitsPerHash; i++)
        {
            ulong bit = Bit(hash, i);
            Volatile.Write(ref _words[bit / 64], _words[bit / 64] | 1UL << (int)(bit % 64));
        }
    }

    /// <summary>False when the hash was certainly not added.</summary>
    public bool MayHave(ulong hash)
    {
        for (uint i = 0; i < BitsPerHash; i++)
        {
            ulong bit = Bit(hash, i);
            if ((Volatile.Read(ref _words[bit / 64]) >> (int)(bit % 64) & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds all that is in a filter that is not smaller.</summary>
    public void Join(InterestFilter larger)
    {
        for (int i = 0; i < larger._words.Length; i++)
        {
            _words[i & (_words.Length - 1)] |= larger._words[i];
        }
    }

    private ulong Bit(ulong hash, uint i) => (hash + (i * ((hash >> 32) | 1))) & _mask;
}
