namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// Tells keys, or elements of one key, that the store surely does not have from those it may have, so that a write of
/// a new one needs no disk.
/// A blocked Bloom filter (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007): six bits
/// of one 64-byte block each. It grows by stages of doubling size; a key is looked up in all. Keys are never taken
/// out: one that was deleted costs a look into the store, nothing else.
/// </summary>
/// <param name="roomAtFirst">How many keys the first stage is for.</param>
internal sealed class StoredKeyFilter(int roomAtFirst = 16 * 1024)
{
    private const int BitsPerKey = 12;
    private const int BitsSet = 6;
    private const int WordsPerBlock = 8;

    private readonly List<ulong[]> _stages = [];
    private long _room;

    /// <summary>Whether every key of the store was added; until then nothing is surely absent.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Bytes the stages take.</summary>
    public long Bytes { get; private set; }

    public void Add(ulong hash)
    {
        if (_room == 0)
        {
            _room = (long)roomAtFirst << _stages.Count;
            var stage = new ulong[_room * BitsPerKey / 64 / WordsPerBlock * WordsPerBlock];
            _stages.Add(stage);
            Bytes += stage.Length * sizeof(ulong);
        }

        _room--;
        ulong[] words = _stages[^1];
        (int block, ulong bits) = Place(hash, words);
        for (int i = 0; i < BitsSet; i++)
        {
            words[block + Word(bits, i)] |= 1UL << Bit(bits, i);
        }
    }

    public bool MayContain(ulong hash)
    {
        if (!IsComplete)
        {
            return true;
        }

        foreach (ulong[] words in _stages)
        {
            (int block, ulong bits) = Place(hash, words);
            int found = 0;
            while (found < BitsSet && (words[block + Word(bits, found)] >> Bit(bits, found) & 1) == 1)
            {
                found++;
            }

            if (found == BitsSet)
            {
                return true;
            }
        }

        return false;
    }

    public void Clear()
    {
        _stages.Clear();
        _room = 0;
        Bytes = 0;
    }

    /// <summary>The block from the high half of the hash, the bits from a remix of all of it.</summary>
    private static (int Block, ulong Bits) Place(ulong hash, ulong[] words)
    {
        uint blocks = (uint)(words.Length / WordsPerBlock);
        int block = (int)(((hash >> 31) * blocks) >> 32) * WordsPerBlock;
        return (block, hash * 0x9E3779B97F4A7C15);
    }

    private static int Word(ulong bits, int i) => (int)(bits >> (i * 9)) & (WordsPerBlock - 1);

    private static int Bit(ulong bits, int i) => (int)(bits >> ((i * 9) + 3)) & 63;
}
