namespace Marekvs.Abstractions.Commands;

/// <summary>Finds key arguments that a range cannot describe.</summary>
/// <param name="args">The whole command; argument 0 is its name. Arity is already checked.</param>
/// <param name="keys">Receives the index of each key argument.</param>
/// <returns>False when the arguments do not parse; the command is then run without keys and reports the mistake.
/// </returns>
public delegate bool KeyFinder(CommandArgs args, List<int> keys);

/// <summary>Tells whether a call may open keys that its arguments do not name.</summary>
/// <param name="args">The whole command. Arity is already checked.</param>
public delegate bool UnnamedKeysTest(CommandArgs args);

/// <summary>Which arguments are keys: Redis's (first, last, step), or a finder for what that cannot say.</summary>
public sealed class KeySpec
{
    private KeySpec(int first, int last, int step, KeyFinder? finder = null) =>
        (First, Last, Step, Finder) = (first, last, step, finder);

    /// <summary>No keys.</summary>
    public static KeySpec None { get; } = new(0, 0, 0);

    /// <summary>The first argument after the name.</summary>
    public static KeySpec One { get; } = new(1, 1, 1);

    /// <summary>All arguments.</summary>
    public static KeySpec All { get; } = new(1, -1, 1);

    /// <summary>Every second argument, as MSET has.</summary>
    public static KeySpec Pairs { get; } = new(1, -1, 2);

    /// <summary>Index of the first key, 0 for none.</summary>
    public int First { get; }

    /// <summary>Index of the last key; negative counts from the end.</summary>
    public int Last { get; }

    /// <summary>Distance between keys.</summary>
    public int Step { get; }

    /// <summary>Whether the arguments are no keys at all and only choose a slot.</summary>
    public bool IsSlotOnly { get; private init; }

    /// <summary>Finds keys at run time, or null.</summary>
    public KeyFinder? Finder { get; }

    /// <summary>Index of the number of keys, which follow it; 0 when no argument tells it.</summary>
    public int Count { get; private init; }

    /// <summary>What is done with the first key, as COMMAND tells it; not said: the row's flags decide.</summary>
    public KeyUse FirstUse { get; private init; }

    /// <summary>What is done with the other keys, as COMMAND tells it.</summary>
    public KeyUse RestUse { get; private init; }

    /// <summary>Tells what one call does with its keys, or null when every call does the same.</summary>
    public KeyUseFinder? UseFinder { get; private init; }

    /// <summary>What is done with keys that only data names; <see cref="KeyUse.None"/> when there are none.</summary>
    public KeyUse UnnamedUse { get; private init; }

    /// <summary>Tells whether a call may open such keys, or null when none does.</summary>
    public UnnamedKeysTest? HasUnnamed { get; private init; }

    /// <summary>A run of key arguments.</summary>
    /// <param name="first">Index of the first key.</param>
    /// <param name="last">Index of the last key; negative counts from the end.</param>
    /// <param name="step">Distance between keys.</param>
    public static KeySpec Range(int first, int last, int step = 1) => new(first, last, step);

    /// <summary>Arguments that are no keys but have a slot as keys have, so that clients of a cluster know where to send
    /// the command: shard channels.</summary>
    /// <param name="first">Index of the first.</param>
    /// <param name="last">Index of the last; negative counts from the end.</param>
    public static KeySpec SlotOnly(int first, int last) =>
        new(first, last, 1, static (_, _) => true) { IsSlotOnly = true, FirstUse = KeyUse.NotKey, RestUse = KeyUse.NotKey };

    /// <summary>Keys that only the arguments tell, such as numkeys.</summary>
    /// <param name="finder">Finds them.</param>
    /// <param name="first">What COMMAND reports as first key, 0 for none.</param>
    public static KeySpec Found(KeyFinder finder, int first = 0) => new(first, first, first == 0 ? 0 : 1, finder);

    /// <summary>Keys behind their number, as ZUNION has, and maybe one in front of it, as ZUNIONSTORE has.</summary>
    /// <param name="count">Which argument is the number.</param>
    /// <param name="first">A key in front of it, 0 for none.</param>
    public static KeySpec Counted(int count, int first = 0)
    {
        Invariant.That(count > first, "the keys lie behind their number");
        KeyFinder finder = (args, keys) =>
        {
            int most = args.Count - count - 1;
            if (!RedisNumber.TryParseInt64(args[count], out long number) || number < 1 || number > most)
            {
                return false;
            }

            keys.AddRange(first == 0 ? [] : [first]);
            keys.AddRange(Enumerable.Range(count + 1, (int)number));
            return true;
        };
        return new KeySpec(first, first, first == 0 ? 0 : 1, finder) { Count = count };
    }

    /// <summary>The same keys, all used alike.</summary>
    /// <param name="use">What is done with them.</param>
    public KeySpec Used(KeyUse use) => Used(use, use);

    /// <summary>The same keys, of which the first is used otherwise than the rest, as COPY and SINTERSTORE do.
    /// </summary>
    /// <param name="first">What is done with the first.</param>
    /// <param name="rest">What is done with the others.</param>
    public KeySpec Used(KeyUse first, KeyUse rest) =>
        new(First, Last, Step, Finder) { Count = Count, FirstUse = first, RestUse = rest };

    /// <summary>The same keys, used as the arguments say.</summary>
    /// <param name="most">All that may be done with them; what COMMAND tells.</param>
    /// <param name="finder">What one call does.</param>
    public KeySpec Used(KeyUse most, KeyUseFinder finder) =>
        new(First, Last, Step, Finder) { Count = Count, FirstUse = most, RestUse = most, UseFinder = finder };

    /// <summary>The same keys and others that only data names, as SORT makes keys of elements. A call that may open them
    /// enters the whole keyspace.</summary>
    /// <param name="use">What is done with them; what COMMAND tells.</param>
    /// <param name="hasUnnamed">Whether a call may open any.</param>
    public KeySpec WithUnnamed(KeyUse use, UnnamedKeysTest hasUnnamed) => new(First, Last, Step, Finder)
    {
        Count = Count,
        FirstUse = FirstUse,
        RestUse = RestUse,
        UseFinder = UseFinder,
        UnnamedUse = use,
        HasUnnamed = hasUnnamed,
    };

    /// <summary>Lists the key arguments of a command.</summary>
    /// <param name="args">The whole command.</param>
    /// <param name="keys">Receives their indexes.</param>
    /// <returns>False when a finder cannot parse the arguments.</returns>
    public bool TryFind(CommandArgs args, List<int> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (Finder is not null)
        {
            return Finder(args, keys);
        }

        if (First == 0)
        {
            return true;
        }

        int last = Last < 0 ? args.Count + Last : Math.Min(Last, args.Count - 1);
        for (int i = First; i <= last; i += Step)
        {
            keys.Add(i);
        }

        return true;
    }
}
