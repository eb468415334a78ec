using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Hashes;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(HashesModule))]

namespace Marekvs.Modules.Hashes;

/// <summary>The hash commands.</summary>
public sealed class HashesModule : IModule
{
    private const string Group = "hash";

    private const string EachField = "O(N) where N is the number of fields named.";
    private const string EveryField = "O(N) where N is the number of fields of the hash.";
    private const string AnyOrder = "nondeterministic_output_order";
    private const string AnyOutput = "nondeterministic_output";

    private static readonly KeySpec LooksAt = KeySpec.One.Used(RO);
    private static readonly KeySpec Changes = KeySpec.One.Used(RW | Update);

    /// <inheritdoc/>
    public string Name => "hashes";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(HashRecord.Type);
        registry.AddCommands(
            Group,
            Row("HDEL", -3, Write | Fast, KeySpec.One.Used(RW | Delete), HashFields.Remove, "2.0.0", EachField,
                "Removes fields of a hash; the key goes with the last."),
            Row("HEXISTS", 3, ReadOnly | Fast, LooksAt, HashFields.Contains, "2.0.0", "O(1)",
                "Tells whether a hash has a field."),
            Row("HGET", 3, ReadOnly | Fast, KeySpec.One, HashFields.Get, "2.0.0", "O(1)",
                "Returns the value of a field."),
            Row("HGETALL", 2, ReadOnly, KeySpec.One, HashWalks.All, "2.0.0", EveryField,
                "Returns all fields of a hash and their values.", AnyOrder),
            Row("HINCRBY", 4, Write | DenyOom | Fast, KeySpec.One, HashCounters.IncrementBy, "2.0.0", "O(1)",
                "Adds to the integer in a field; an absent field counts as 0."),
            Row("HINCRBYFLOAT", 4, Write | DenyOom | Fast, KeySpec.One, HashCounters.IncrementByFloat, "2.6.0", "O(1)",
                "Adds to the number in a field; an absent field counts as 0."),
            Row("HKEYS", 2, ReadOnly, KeySpec.One, HashWalks.Fields, "2.0.0", EveryField,
                "Returns all fields of a hash.", AnyOrder),
            Row("HLEN", 2, ReadOnly | Fast, LooksAt, HashFields.Count, "2.0.0", "O(1)",
                "Returns the number of fields of a hash."),
            Row("HMGET", -3, ReadOnly | Fast, KeySpec.One, HashFields.GetMany, "2.0.0", EachField,
                "Returns the values of many fields."),
            Row("HMSET", -4, Write | DenyOom | Fast, Changes, HashFields.SetMany, "2.0.0", EachField,
                "Sets many fields of a hash; the old form of HSET."),
            Row("HRANDFIELD", -2, ReadOnly, KeySpec.One, HashDraws.Draw, "6.2.0",
                "O(N) where N is the number of fields returned.",
                "Returns fields of a hash chosen at random.", AnyOutput),
            Row("HSCAN", -3, ReadOnly, KeySpec.One, HashWalks.Scan, "2.8.0",
                "O(1) for each call, O(N) for a walk over all fields.",
                "Walks over the fields of a hash and their values in steps.", AnyOutput),
            Row("HSET", -4, Write | DenyOom | Fast, Changes, HashFields.Set, "2.0.0", EachField,
                "Sets fields of a hash; creates it when absent."),
            Row("HSETNX", 4, Write | DenyOom | Fast, KeySpec.One.Used(RW | Insert), HashFields.SetIfAbsent, "2.0.0",
                "O(1)",
                "Sets a field of a hash only if it does not exist.").Routed(),
            Row("HSTRLEN", 3, ReadOnly | Fast, LooksAt, HashFields.Length, "3.2.0", "O(1)",
                "Returns the length of the value of a field."),
            Row("HVALS", 2, ReadOnly, KeySpec.One, HashWalks.Values, "2.0.0", EveryField,
                "Returns the values of all fields of a hash.", AnyOrder));
        RegisterExpiry(registry);
    }

    /// <summary>The commands that know of times to live of fields.</summary>
    private static void RegisterExpiry(IModuleRegistry registry) => registry.AddCommands(
        Group,
        Row("HEXPIRE", -6, Write | DenyOom | Fast, Changes, FieldExpiry.InSeconds, "7.4.0", EachField,
            "Gives fields a time to live in seconds."),
        Row("HEXPIREAT", -6, Write | DenyOom | Fast, Changes, FieldExpiry.AtSeconds, "7.4.0", EachField,
            "Lets fields expire at a unix time in seconds."),
        Row("HEXPIRETIME", -5, ReadOnly | Fast, KeySpec.One, FieldTimes.Seconds, "7.4.0", EachField,
            "Tells the unix times, in seconds, when fields expire."),
        Row("HGETDEL", -5, Write | Fast, KeySpec.One.Used(RW | Access | Delete), FieldTakes.GetAndDelete, "8.0.0",
            EachField,
            "Returns the values of fields and removes the fields.").Routed(),
        Row("HGETEX", -5, Write | Fast, KeySpec.One, FieldTakes.GetAndExpire, "8.0.0", EachField,
            "Returns the values of fields and sets or takes away their time to live."),
        Row("HPERSIST", -5, Write | Fast, Changes, FieldExpiry.Persist, "7.4.0", EachField,
            "Takes away the time to live of fields."),
        Row("HPEXPIRE", -6, Write | DenyOom | Fast, Changes, FieldExpiry.InMilliseconds, "7.4.0", EachField,
            "Gives fields a time to live in milliseconds."),
        Row("HPEXPIREAT", -6, Write | DenyOom | Fast, Changes, FieldExpiry.AtMilliseconds, "7.4.0", EachField,
            "Lets fields expire at a unix time in milliseconds."),
        Row("HPEXPIRETIME", -5, ReadOnly | Fast, KeySpec.One, FieldTimes.Milliseconds, "7.4.0", EachField,
            "Tells the unix times, in milliseconds, when fields expire."),
        Row("HPTTL", -5, ReadOnly | Fast, KeySpec.One, FieldTimes.MillisecondsLeft, "7.4.0", EachField,
            "Tells how many milliseconds fields have left to live.", AnyOutput),
        Row("HSETEX", -6, Write | DenyOom | Fast, Changes, FieldWrites.SetAndExpire, "8.0.0", EachField,
            "Sets fields of a hash with a time to live."),
        Row("HTTL", -5, ReadOnly | Fast, KeySpec.One, FieldTimes.SecondsLeft, "7.4.0", EachField,
            "Tells how many seconds fields have left to live.", AnyOutput));
}
