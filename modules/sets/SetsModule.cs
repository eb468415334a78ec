using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Sets;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(SetsModule))]

namespace Marekvs.Modules.Sets;

/// <summary>The set commands.</summary>
public sealed class SetsModule : IModule
{
    private const string EachMember = "O(1) for each member, so O(N) for N members.";
    private const string EveryMember = "O(N) where N is the number of members of all sets.";
    private const string Intersection =
        "O(N*M) at most, where N is the size of the smallest set and M the number of sets.";

    private const string AnyOrder = "nondeterministic_output_order";
    private const string AnyOutput = "nondeterministic_output";

    private static readonly KeySpec Stores = KeySpec.All.Used(OW | Update, RO | Access);

    /// <inheritdoc/>
    public string Name => "sets";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(SetRecord.Type);
        registry.AddCommands(
            "set",
            Row("SADD", -3, Write | DenyOom | Fast, KeySpec.One.Used(RW | Insert), SetMembers.Add, "1.0.0", EachMember,
                "Adds members to a set; creates it when absent."),
            Row("SCARD", 2, ReadOnly | Fast, KeySpec.One.Used(RO), SetMembers.Count, "1.0.0", "O(1)",
                "Returns the number of members of a set."),
            Row("SDIFF", -2, ReadOnly, KeySpec.All, SetAlgebra.Difference, "1.0.0", EveryMember,
                "Returns the members of the first set that no other set has.", AnyOrder),
            Row("SDIFFSTORE", -3, Write | DenyOom, Stores, SetAlgebra.StoreDifference, "1.0.0", EveryMember,
                "Stores the members of the first set that no other set has."),
            Row("SINTER", -2, ReadOnly, KeySpec.All, SetAlgebra.Intersect, "1.0.0", Intersection,
                "Returns the members that all sets have.", AnyOrder),
            Row("SINTERCARD", -3, ReadOnly | MovableKeys, KeySpec.Counted(1),
                SetAlgebra.CountIntersection, "7.0.0", Intersection,
                "Counts the members that all sets have."),
            Row("SINTERSTORE", -3, Write | DenyOom, KeySpec.All.Used(RW | Update, RO | Access),
                SetAlgebra.StoreIntersection, "1.0.0", Intersection,
                "Stores the members that all sets have."),
            Row("SISMEMBER", 3, ReadOnly | Fast, KeySpec.One.Used(RO), SetMembers.Contains, "1.0.0", "O(1)",
                "Tells whether a set has a member."),
            Row("SMEMBERS", 2, ReadOnly, KeySpec.One, SetMembers.All, "1.0.0",
                "O(N) where N is the number of members.",
                "Returns all members of a set.", AnyOrder),
            Row("SMISMEMBER", -3, ReadOnly | Fast, KeySpec.One, SetMembers.ContainsEach, "6.2.0", EachMember,
                "Tells for each of many members whether a set has it."),
            Row("SMOVE", 4, Write | Fast, KeySpec.Range(1, 2).Used(RW | Access | Delete, RW | Insert),
                SetMembers.Move, "1.0.0", "O(1)",
                "Moves a member from one set to another.").Routed(),
            Row("SPOP", -2, Write | Fast, KeySpec.One.Used(RW | Access | Delete), SetDraws.Pop, "1.0.0",
                "O(N) where N is the number of members taken.",
                "Takes members chosen at random out of a set and returns them.", AnyOutput).Routed(),
            Row("SRANDMEMBER", -2, ReadOnly, KeySpec.One, SetDraws.Draw, "1.0.0",
                "O(N) where N is the number of members returned.",
                "Returns members of a set chosen at random.", AnyOutput),
            Row("SREM", -3, Write | Fast, KeySpec.One.Used(RW | Delete), SetMembers.Remove, "1.0.0", EachMember,
                "Removes members of a set; the key goes with the last."),
            Row("SSCAN", -3, ReadOnly, KeySpec.One, SetMembers.Scan, "2.8.0",
                "O(1) for each call, O(N) for a walk over all members.",
                "Walks over the members of a set in steps.", AnyOutput),
            Row("SUNION", -2, ReadOnly, KeySpec.All, SetAlgebra.Unite, "1.0.0", EveryMember,
                "Returns the members that any of the sets has.", AnyOrder),
            Row("SUNIONSTORE", -3, Write | DenyOom, Stores, SetAlgebra.StoreUnion, "1.0.0", EveryMember,
                "Stores the members that any of the sets has."));
    }
}
