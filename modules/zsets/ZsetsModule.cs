using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Zsets;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(ZsetsModule))]

namespace Marekvs.Modules.Zsets;

/// <summary>The sorted set commands.</summary>
public sealed class ZsetsModule : IModule
{
    private const string Group = "sorted-set";

    private const string EachMember = "O(log(N)) for each member named, where N is the number of members there are.";
    private const string OneRange = "O(log(N)+M) where N is the number of members and M the number of those returned.";
    private const string Removal = "O(log(N)+M) where N is the number of members and M the number of those removed.";
    private const string Taking = "O(M*log(N)) where M is the number of members taken and N the number there are.";
    private const string Search = "O(log(N)) where N is the number of members.";
    private const string Everything =
        "O(N)+O(M*log(M)) where N is the number of members of all keys and M that of the result.";

    private const string Intersection =
        "O(N*K)+O(M*log(M)) where N is the number of members of the smallest of K keys and M that of the result.";

    private const string AnyOutput = "nondeterministic_output";

    private static readonly KeySpec Reads = KeySpec.One;
    private static readonly KeySpec Removes = KeySpec.One.Used(RW | Delete);
    private static readonly KeySpec Takes = KeySpec.One.Used(RW | Access | Delete);
    private static readonly KeySpec TakesFirst = KeySpec.Range(1, -2).Used(RW | Access | Delete);
    private static readonly KeySpec ReadsMany = KeySpec.Counted(1);
    private static readonly KeySpec Stores = KeySpec.Counted(2, first: 1).Used(OW | Update, RO | Access);

    /// <inheritdoc/>
    public string Name => "zsets";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(ZsetRecord.Type);
        registry.AddCommands(
            Group,
            Row("ZADD", -4, Write | DenyOom | Fast, KeySpec.One.Used(RW | Update), ZsetMembers.Add, "1.2.0", EachMember,
                "Adds members to a sorted set or gives them other scores; creates it when absent."),
            Row("ZCARD", 2, ReadOnly | Fast, KeySpec.One.Used(RO), ZsetMembers.Count, "1.2.0", "O(1)",
                "Returns the number of members of a sorted set."),
            Row("ZINCRBY", 4, Write | DenyOom | Fast, KeySpec.One.Used(RW | Access | Update), ZsetMembers.Increment,
                "1.2.0", Search, "Adds to the score of a member of a sorted set."),
            Row("ZMSCORE", -3, ReadOnly | Fast, Reads, ZsetMembers.ScoreOfEach, "6.2.0",
                "O(N) where N is the number of members named.", "Returns the score of each of many members."),
            Row("ZREM", -3, Write | Fast, Removes, ZsetMembers.Remove, "1.2.0", EachMember,
                "Removes members of a sorted set; the key goes with the last."),
            Row("ZSCORE", 3, ReadOnly | Fast, Reads, ZsetMembers.ScoreOf, "1.2.0", "O(1)",
                "Returns the score of a member of a sorted set."),
            Row("ZRANDMEMBER", -2, ReadOnly, Reads, ZsetDraws.Draw, "6.2.0",
                "O(N) where N is the number of members returned.",
                "Returns members of a sorted set chosen at random.", AnyOutput),
            Row("ZSCAN", -3, ReadOnly, Reads, ZsetDraws.Scan, "2.8.0",
                "O(1) for each call, O(N) for a walk over all members.",
                "Walks over the members of a sorted set in steps.", AnyOutput),
            Row("ZRANK", -3, ReadOnly | Fast, Reads, ZsetRanks.Rank, "2.0.0", Search,
                "Tells how many members of a sorted set come before one."),
            Row("ZREVRANK", -3, ReadOnly | Fast, Reads, ZsetRanks.RankReversed, "2.0.0", Search,
                "Tells how many members of a sorted set come behind one."));
        AddRanges(registry);
        AddPops(registry);
        AddAlgebra(registry);
    }

    private static void AddRanges(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("ZCOUNT", 4, ReadOnly | Fast, Reads, ZsetRanges.CountByScore, "2.0.0", Search,
            "Counts the members of a sorted set with scores in a range."),
        Row("ZLEXCOUNT", 4, ReadOnly | Fast, Reads, ZsetRanges.CountByLex, "2.8.9", Search,
            "Counts the members of a sorted set with names in a range."),
        Row("ZRANGE", -4, ReadOnly, Reads, ZsetRanges.Range, "1.2.0", OneRange,
            "Returns the members of a sorted set in a range of ranks, scores or names."),
        Row("ZRANGEBYLEX", -4, ReadOnly, Reads, ZsetRanges.RangeByLex, "2.8.9", OneRange,
            "Returns the members of a sorted set in a range of names."),
        Row("ZRANGEBYSCORE", -4, ReadOnly, Reads, ZsetRanges.RangeByScore, "1.0.5", OneRange,
            "Returns the members of a sorted set in a range of scores."),
        Row("ZRANGESTORE", -5, Write | DenyOom, KeySpec.Range(1, 2).Used(OW | Update, RO | Access),
            ZsetRanges.Store, "6.2.0", OneRange,
            "Stores the members of a sorted set in a range."),
        Row("ZREVRANGE", -4, ReadOnly, Reads, ZsetRanges.RangeReversed, "1.2.0", OneRange,
            "Returns the members of a sorted set in a range of ranks, the last first."),
        Row("ZREVRANGEBYLEX", -4, ReadOnly, Reads, ZsetRanges.RangeByLexReversed, "2.8.9", OneRange,
            "Returns the members of a sorted set in a range of names, the last first."),
        Row("ZREVRANGEBYSCORE", -4, ReadOnly, Reads, ZsetRanges.RangeByScoreReversed, "2.2.0", OneRange,
            "Returns the members of a sorted set in a range of scores, the last first."),
        Row("ZREMRANGEBYLEX", 4, Write, Removes, ZsetRanges.RemoveByLex, "2.8.9", Removal,
            "Removes the members of a sorted set in a range of names."),
        Row("ZREMRANGEBYRANK", 4, Write, Removes, ZsetRanges.RemoveByRank, "2.0.0", Removal,
            "Removes the members of a sorted set in a range of ranks."),
        Row("ZREMRANGEBYSCORE", 4, Write, Removes, ZsetRanges.RemoveByScore, "1.2.0", Removal,
            "Removes the members of a sorted set in a range of scores."));

    private static void AddPops(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("ZPOPMAX", -2, Write | Fast, Takes, ZsetPops.PopHighest, "5.0.0", Taking,
            "Takes the members with the highest scores out of a sorted set.").Routed(),
        Row("ZPOPMIN", -2, Write | Fast, Takes, ZsetPops.PopLowest, "5.0.0", Taking,
            "Takes the members with the lowest scores out of a sorted set.").Routed(),
        Row("BZPOPMAX", -3, Write | NoScript | Blocking | Fast, TakesFirst, ZsetPops.WaitForHighest, "5.0.0", Search,
            "Takes the member with the highest score out of the first sorted set there is, or waits for one.")
            .Routed(CommandRouting.FirstWithSome),
        Row("BZPOPMIN", -3, Write | NoScript | Blocking | Fast, TakesFirst, ZsetPops.WaitForLowest, "5.0.0", Search,
            "Takes the member with the lowest score out of the first sorted set there is, or waits for one.")
            .Routed(CommandRouting.FirstWithSome),
        Row("ZMPOP", -4, Write | MovableKeys, ReadsMany.Used(RW | Access | Delete), ZsetPops.PopFromMany, "7.0.0", Taking,
            "Takes members out of the first sorted set there is.").Routed(CommandRouting.FirstWithSome),
        Row("BZMPOP", -5, Write | Blocking | MovableKeys, KeySpec.Counted(2).Used(RW | Access | Delete),
            ZsetPops.WaitForMany, "7.0.0", Taking,
            "Takes members out of the first sorted set there is, or waits for one.")
            .Routed(CommandRouting.FirstWithSome));

    private static void AddAlgebra(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("ZDIFF", -3, ReadOnly | MovableKeys, ReadsMany, ZsetAlgebra.Subtract, "6.2.0", Everything,
            "Returns the members of the first sorted set that no other has."),
        Row("ZDIFFSTORE", -4, Write | DenyOom | MovableKeys, Stores, ZsetAlgebra.StoreDifference, "6.2.0", Everything,
            "Stores the members of the first sorted set that no other has."),
        Row("ZINTER", -3, ReadOnly | MovableKeys, ReadsMany, ZsetAlgebra.Intersect, "6.2.0", Intersection,
            "Returns the members that all sorted sets have."),
        Row("ZINTERCARD", -3, ReadOnly | MovableKeys, ReadsMany, ZsetAlgebra.CountIntersection, "7.0.0", Intersection,
            "Counts the members that all sorted sets have."),
        Row("ZINTERSTORE", -4, Write | DenyOom | MovableKeys, Stores, ZsetAlgebra.StoreIntersection, "2.0.0",
            Intersection, "Stores the members that all sorted sets have."),
        Row("ZUNION", -3, ReadOnly | MovableKeys, ReadsMany, ZsetAlgebra.Unite, "6.2.0", Everything,
            "Returns the members that any of the sorted sets has."),
        Row("ZUNIONSTORE", -4, Write | DenyOom | MovableKeys, Stores, ZsetAlgebra.StoreUnion, "2.0.0", Everything,
            "Stores the members that any of the sorted sets has."));
}
