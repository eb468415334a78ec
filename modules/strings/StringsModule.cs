using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.Strings;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(StringsModule))]

namespace Marekvs.Modules.Strings;

/// <summary>The string commands; a counter is a string too.</summary>
public sealed class StringsModule : IModule
{
    private static readonly KeySpec Adds = KeySpec.One.Used(RW | Insert);
    private static readonly KeySpec Takes = KeySpec.One.Used(RW | Access | Delete);
    private static readonly KeySpec Replaces = KeySpec.One.Used(OW | Update);
    private static readonly KeySpec Creates = KeySpec.One.Used(OW | Insert);
    private static readonly KeySpec Changes = KeySpec.One.Used(RW | Update);
    private static readonly KeySpec LooksAt = KeySpec.One.Used(RO);
    private static readonly KeySpec Sets = KeySpec.One.Used(RW | Access | Update, UseBySet);

    /// <inheritdoc/>
    public string Name => "strings";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(StringRecord.Type);
        registry.AddCommands(
            "string",
            Row("APPEND", 3, Write | DenyOom | Fast, Adds, StringEdits.Append, "2.0.0",
                "O(N) where N is the length of the new value.",
                "Adds bytes to the end of a string; creates it when absent."),
            Row("DECR", 2, Write | DenyOom | Fast, KeySpec.One, StringCounters.Decrement, "1.0.0", "O(1)",
                "Subtracts one from an integer; an absent key counts as 0.").Routed(CommandRouting.Counter),
            Row("DECRBY", 3, Write | DenyOom | Fast, KeySpec.One, StringCounters.DecrementBy, "1.0.0", "O(1)",
                "Subtracts from an integer; an absent key counts as 0.").Routed(CommandRouting.Counter),
            Row("GET", 2, ReadOnly | Fast, KeySpec.One, StringReads.Get, "1.0.0", "O(1)",
                "Returns a string."),
            Row("GETDEL", 2, Write | Fast, Takes, StringTakes.GetAndDelete, "6.2.0", "O(1)",
                "Returns a string and deletes its key.").Routed(),
            Row("GETEX", -2, Write | Fast, KeySpec.One, StringTakes.GetAndExpire, "6.2.0", "O(1)",
                "Returns a string and sets or takes away its time to live."),
            Row("GETRANGE", 4, ReadOnly, KeySpec.One, StringReads.GetRange, "2.4.0",
                "O(N) where N is the length of the answer.",
                "Returns a part of a string."),
            Row("GETSET", 3, Write | DenyOom | Fast, KeySpec.One, StringWrites.GetAndSet, "1.0.0", "O(1)",
                "Sets a string and returns what it was.").Routed(),
            Row("INCR", 2, Write | DenyOom | Fast, KeySpec.One, StringCounters.Increment, "1.0.0", "O(1)",
                "Adds one to an integer; an absent key counts as 0.").Routed(CommandRouting.Counter),
            Row("INCRBY", 3, Write | DenyOom | Fast, KeySpec.One, StringCounters.IncrementBy, "1.0.0", "O(1)",
                "Adds to an integer; an absent key counts as 0.").Routed(CommandRouting.Counter),
            Row("INCRBYFLOAT", 3, Write | DenyOom | Fast, KeySpec.One, StringCounters.IncrementByFloat, "2.6.0", "O(1)",
                "Adds to a number; an absent key counts as 0.").Routed(CommandRouting.Counter),
            Row("LCS", -3, ReadOnly, KeySpec.Range(1, 2), StringLcs.Compare, "7.0.0",
                "O(N*M) where N and M are the lengths of the strings.",
                "Finds the longest common subsequence of two strings."),
            Row("MGET", -2, ReadOnly | Fast, KeySpec.All, StringReads.GetMany, "1.0.0",
                "O(N) where N is the number of keys.",
                "Returns many strings at once."),
            Row("MSET", -3, Write | DenyOom, KeySpec.Pairs.Used(OW | Update), StringWrites.SetMany, "1.0.1",
                "O(N) where N is the number of keys.",
                "Sets many strings at once."),
            Row("MSETNX", -3, Write | DenyOom, KeySpec.Pairs.Used(OW | Insert), StringWrites.SetManyIfAbsent, "1.0.1",
                "O(N) where N is the number of keys.",
                "Sets many strings at once, only if none of the keys exists.").Routed(),
            Row("PSETEX", 4, Write | DenyOom, Replaces, StringWrites.SetWithMilliseconds, "2.6.0", "O(1)",
                "Sets a string with a time to live in milliseconds."),
            Row("SET", -3, Write | DenyOom, Sets, StringWrites.Set, "1.0.0", "O(1)",
                "Sets a string, whatever the key held before.").Routed(CommandRouting.When(SetOptions.IsConditional)),
            Row("SETEX", 4, Write | DenyOom, Replaces, StringWrites.SetWithSeconds, "2.0.0", "O(1)",
                "Sets a string with a time to live in seconds."),
            Row("SETNX", 3, Write | DenyOom | Fast, Creates, StringWrites.SetIfAbsent, "1.0.0", "O(1)",
                "Sets a string only if the key does not exist.").Routed(),
            Row("SETRANGE", 4, Write | DenyOom, Changes, StringEdits.SetRange, "2.2.0",
                "O(N) where N is the length of the new value.",
                "Overwrites a part of a string, growing it as needed."),
            Row("STRLEN", 2, ReadOnly | Fast, LooksAt, StringReads.Length, "2.2.0", "O(1)",
                "Returns the length of a string."),
            Row("SUBSTR", 4, ReadOnly, KeySpec.One, StringReads.GetRange, "1.0.0",
                "O(N) where N is the length of the answer.",
                "Returns a part of a string; the old name of GETRANGE."));
    }

    /// <summary>SET reads what was there only when asked to return it.</summary>
    private static KeyUse UseBySet(CommandArgs args)
    {
        for (int i = 3; i < args.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(args[i], "GET"u8))
            {
                return RW | Access | Update;
            }
        }

        return OW | Update;
    }
}
