using Marekvs.Abstractions.Records;

namespace Marekvs.Abstractions.Commands;

/// <summary>Different elements chosen at random, every choice of so many as likely as any other; for SRANDMEMBER,
/// HRANDFIELD and their like.</summary>
public static class RandomElements
{
    /// <summary>From this part of a collection on, walking it costs less than drawing until enough different elements
    /// came up.</summary>
    private const long WalkFromOneIn = 3;

    /// <summary>Draws for each wanted element; as many are far from likely to be needed.</summary>
    private const long DrawsPerElement = 8;

    /// <summary>Visits that many different elements, or all when there are not as many.</summary>
    /// <param name="keyspace">The call.</param>
    /// <param name="key">The key; it must not be written before the last visit.</param>
    /// <param name="type">Its type; elements of the counted kind are chosen.</param>
    /// <param name="wanted">How many are wanted.</param>
    /// <param name="visit">Receives them.</param>
    public static void Choose(KeyspaceCall keyspace, Key key, KeyType type, long wanted, ElementVisitor visit)
    {
        ArgumentNullException.ThrowIfNull(keyspace);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(visit);
        long count = key.Count(type);
        SortedSet<byte[]> chosen = NewNames();
        if (wanted <= count / WalkFromOneIn)
        {
            Draw(key, type.Kind, wanted, chosen, visit);
        }

        Select(keyspace.Random, key.Scan(type.Kind), count, wanted, chosen, visit);
    }

    private static SortedSet<byte[]> NewNames() =>
        new(Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right)));

    private static void Draw(Key key, RecordKind kind, long wanted, SortedSet<byte[]> chosen, ElementVisitor visit)
    {
        for (long draws = wanted * DrawsPerElement; draws > 0 && chosen.Count < wanted; draws--)
        {
            if (!key.TryDraw(kind, out ElementCursor? drawn))
            {
                return;
            }

            if (chosen.Add(drawn.Element.ToArray()))
            {
                visit(drawn.Element, drawn.Value);
            }
        }
    }

    /// <summary>Goes through the elements not yet chosen and takes each with the chance that makes every choice of the
    /// rest as likely as any other.</summary>
    /// <remarks>Knuth, The Art of Computer Programming, volume 2, section 3.4.2, algorithm S.</remarks>
    private static void Select(
        Random random, ElementCursor walk, long count, long wanted, SortedSet<byte[]> drawn, ElementVisitor visit)
    {
        long missing = wanted - drawn.Count;
        for (long left = count - drawn.Count; missing > 0 && walk.MoveNext();)
        {
            if (drawn.Count > 0 && drawn.Contains(walk.Element.ToArray()))
            {
                continue;
            }

            if (random.NextInt64(left) < missing)
            {
                visit(walk.Element, walk.Value);
                missing--;
            }

            left--;
        }
    }
}
