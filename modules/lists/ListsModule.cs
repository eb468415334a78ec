using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Lists;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(ListsModule))]

namespace Marekvs.Modules.Lists;

/// <summary>The list commands.</summary>
public sealed class ListsModule : IModule
{
    private const string EachValue = "O(1) for each value, so O(N) for N values.";
    private const string EachTaken = "O(N) where N is the number of elements taken.";
    private const string EveryElement = "O(N) where N is the number of elements of the list.";
    private const string KeysAndTaken = "O(N+M) where N is the number of keys and M the number of elements taken.";
    private const string KeysLookedAt = "O(N) where N is the number of keys.";

    private static readonly KeySpec Inserts = KeySpec.One.Used(RW | Insert);
    private static readonly KeySpec Takes = KeySpec.One.Used(RW | Access | Delete);
    private static readonly KeySpec TakesFromMany = KeySpec.Range(1, -2).Used(RW | Access | Delete);

    private static readonly KeySpec Moves = KeySpec.Range(1, 2).Used(RW | Access | Delete, RW | Insert);

    /// <inheritdoc/>
    public string Name => "lists";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(ListRecord.Type);
        registry.AddCommands(
            "list",
            Row("BLMOVE", 6, Write | DenyOom | NoScript | Blocking, Moves, ListMoves.WaitAndMove, "6.2.0", "O(1)",
                "Moves an element from one list to another, waiting until there is one.").Routed(),
            Row("BLMPOP", -5, Write | Blocking | MovableKeys, Counted(2), ManyListPops.Wait, "7.0.0", KeysAndTaken,
                "Takes elements from the first list that has some, waiting until one has.")
                .Routed(CommandRouting.FirstWithSome),
            Row("BLPOP", -3, Write | NoScript | Blocking, TakesFromMany, ManyListPops.WaitLeft, "2.0.0", KeysLookedAt,
                "Takes the first element of the first list that has one, waiting until one has.")
                .Routed(CommandRouting.FirstWithSome),
            Row("BRPOP", -3, Write | NoScript | Blocking, TakesFromMany, ManyListPops.WaitRight, "2.0.0", KeysLookedAt,
                "Takes the last element of the first list that has one, waiting until one has.")
                .Routed(CommandRouting.FirstWithSome),
            Row("BRPOPLPUSH", 4, Write | DenyOom | NoScript | Blocking, Moves, ListMoves.WaitAndMoveRightToLeft,
                "2.2.0", "O(1)",
                "Moves the last element of a list to the front of another, waiting until there is one.").Routed(),
            Row("LINDEX", 3, ReadOnly, KeySpec.One, ListReads.At, "1.0.0",
                "O(log N) where N is the number of elements of the list.",
                "Returns the element at an index."),
            Row("LINSERT", 5, Write | DenyOom, Inserts, ListEdits.Insert, "2.2.0",
                "O(N) where N is the number of elements up to the pivot.",
                "Inserts an element before or after another."),
            Row("LLEN", 2, ReadOnly | Fast, KeySpec.One.Used(RO), ListReads.Length, "1.0.0", "O(1)",
                "Returns the number of elements of a list."),
            Row("LMOVE", 5, Write | DenyOom, Moves, ListMoves.Move, "6.2.0", "O(1)",
                "Moves an element from one list to another.").Routed(),
            Row("LMPOP", -4, Write | MovableKeys, Counted(1), ManyListPops.Pop, "7.0.0", KeysAndTaken,
                "Takes elements from the first list that has some.").Routed(CommandRouting.FirstWithSome),
            Row("LPOP", -2, Write | Fast, Takes, ListPops.Left, "1.0.0", EachTaken,
                "Takes elements from the front of a list.").Routed(),
            Row("LPOS", -3, ReadOnly, KeySpec.One, ListSearch.Find, "6.0.6", EveryElement,
                "Returns the indexes of elements with a value."),
            Row("LPUSH", -3, Write | DenyOom | Fast, Inserts, ListPushes.Left, "1.0.0", EachValue,
                "Adds elements to the front of a list; creates it when absent."),
            Row("LPUSHX", -3, Write | DenyOom | Fast, Inserts, ListPushes.LeftIfExists, "2.2.0", EachValue,
                "Adds elements to the front of a list that exists."),
            Row("LRANGE", 4, ReadOnly, KeySpec.One, ListReads.Range, "1.0.0",
                "O(log N + M) where N is the number of elements of the list and M the number returned.",
                "Returns the elements between two indexes."),
            Row("LREM", 4, Write, KeySpec.One.Used(RW | Delete), ListEdits.Remove, "1.0.0", EveryElement,
                "Removes elements with a value; the key goes with the last."),
            Row("LSET", 4, Write | DenyOom, KeySpec.One.Used(RW | Update), ListEdits.Set, "1.0.0",
                "O(log N) where N is the number of elements of the list.",
                "Replaces the element at an index."),
            Row("LTRIM", 4, Write, KeySpec.One.Used(RW | Delete), ListEdits.Trim, "1.0.0",
                "O(N) where N is the number of elements removed.",
                "Removes all elements but those between two indexes."),
            Row("RPOP", -2, Write | Fast, Takes, ListPops.Right, "1.0.0", EachTaken,
                "Takes elements from the end of a list.").Routed(),
            Row("RPOPLPUSH", 3, Write | DenyOom, Moves, ListMoves.MoveRightToLeft, "1.2.0", "O(1)",
                "Moves the last element of a list to the front of another.").Routed(),
            Row("RPUSH", -3, Write | DenyOom | Fast, Inserts, ListPushes.Right, "1.0.0", EachValue,
                "Adds elements to the end of a list; creates it when absent."),
            Row("RPUSHX", -3, Write | DenyOom | Fast, Inserts, ListPushes.RightIfExists, "2.2.0", EachValue,
                "Adds elements to the end of a list that exists."));
    }

    private static KeySpec Counted(int count) => KeySpec.Counted(count).Used(RW | Access | Delete);
}
