using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// Visits the whole key space in hash order: resident keys from the tables, the rest from pages of the store's key
/// rows. A cursor is the next hash to look at, so a key that stays keeps its place whatever happens to others. Copies
/// of keys whose partitions are not held are passed over. All gates are held by the caller.
/// </summary>
internal sealed class KeyspaceWalk(Keyspace keyspace)
{
    private const int PageRows = 1000;
    private const int Draws = 200;

    private readonly List<KeyEntry> _found = [];

    public (ulong Next, KeyPageRequest? Needed) Visit(
        ulong cursor, long count, long now, KeyPageCache? pages, KeyVisitor visit)
    {
        if (cursor > long.MaxValue)
        {
            return (0, null);
        }

        KeyPage? page = null;
        int wanted = (int)Math.Clamp(count, 1, int.MaxValue / 2);
        if (pages is not null && keyspace.HasColdKeys)
        {
            page = pages.Find(cursor, keyspace.StoreEpoch);
            if (page is null)
            {
                return (cursor, new KeyPageRequest(cursor, Math.Max(wanted, PageRows)));
            }
        }

        _found.Clear();
        ulong? bound = page?.To;
        foreach (Shard shard in keyspace.Shards)
        {
            ulong? reached = shard.Table.Collect(cursor, wanted, _found);
            bound = reached is null ? bound : bound is null ? reached : Math.Min(bound.Value, reached.Value);
        }

        var rows = new List<(ulong Hash, byte[] Name, KeyType Type)>();
        foreach (KeyEntry entry in _found)
        {
            if ((bound is null || entry.Hash < bound) && IsSeen(entry, now))
            {
                rows.Add((entry.Hash, entry.Name, keyspace.TypeOf(entry)));
            }
        }

        foreach (StoredKey stored in page?.Keys ?? [])
        {
            if ((bound is null || stored.Hash < bound) && stored.Deadline > now && keyspace.IsHeld(stored.Partition) &&
                keyspace.ShardOf(stored.Partition).Table.Find(stored.Hash, stored.Name) is null &&
                keyspace.Types.TypeOfOrder(stored.TypeOrder) is { } type)
            {
                rows.Add((stored.Hash, stored.Name, type));
            }
        }

        rows.Sort((left, right) => left.Hash.CompareTo(right.Hash));
        int taken = rows.Count;
        if (taken > wanted)
        {
            // Keys of one hash stay together, since the cursor cannot point between them.
            taken = wanted;
            while (taken < rows.Count && rows[taken].Hash == rows[taken - 1].Hash)
            {
                taken++;
            }

            bound = taken < rows.Count ? rows[taken].Hash : bound;
        }

        for (int i = 0; i < taken; i++)
        {
            visit(rows[i].Name, rows[i].Type);
        }

        return (bound ?? 0, null);
    }

    public (byte[]? Name, KeyPageRequest? Needed) Draw(long now, Random random, KeyPageCache? pages)
    {
        if (pages is null || !keyspace.HasColdKeys)
        {
            for (int i = 0; i < Draws; i++)
            {
                KeyEntry? drawn = keyspace.Shards[random.Next(keyspace.Shards.Length)].Table.Draw(random);
                if (drawn is not null && IsSeen(drawn, now))
                {
                    return (drawn.Name, null);
                }
            }
        }

        // From a random point on, the first key there is: about as fair as hashes are even.
        byte[]? name = null;
        ulong at = pages?.Count > 0 ? pages.Latest : (ulong)random.NextInt64();
        KeyPageRequest? needed = null;
        for (int rounds = at == 0 ? 1 : 2; rounds > 0 && name is null && needed is null; rounds -= at == 0 ? 1 : 0)
        {
            (at, needed) = Visit(at, PageRows, now, pages, (found, _) => name ??= found.ToArray());
        }

        return (name, needed);
    }

    private bool IsSeen(KeyEntry entry, long now) =>
        entry.HasContent && !entry.IsExpired(now) && keyspace.IsHeld(entry.Partition);
}
