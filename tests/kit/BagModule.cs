using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;

namespace Marekvs.Testing;

/// <summary>The smallest collection there can be, for tests of what holds for every type: a bag of names with values.
/// <c>BAG.PUT key name value</c>, <c>BAG.ADD key name number</c>, <c>BAG.GET key name</c>, <c>BAG.REMOVE key name</c>,
/// <c>BAG.COUNT key</c>, <c>BAG.NAMES key</c>, <c>BAG.BACKWARDS key</c>, <c>BAG.FROM key name count</c>,
/// <c>BAG.UPTO key name count</c>, <c>BAG.AT key index</c> (the name there), <c>BAG.RANK key name</c>.</summary>
public sealed class BagModule : IModule
{
    /// <summary>The record of one name.</summary>
    public static readonly RecordKind Kind = new(200, "bag entry");

    /// <summary>The type; every other type hides it.</summary>
    public static readonly KeyType Type = new("bag", order: 200, isSingle: false, _ => "bagtable", Kind);

    /// <inheritdoc/>
    public string Name => "bags";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(Type);
        registry.AddCommands(
            new CommandSpec("BAG.PUT", 4, CommandFlags.Write, KeySpec.One, Put),
            new CommandSpec("BAG.ADD", 4, CommandFlags.Write, KeySpec.One, Add),
            new CommandSpec("BAG.GET", 3, CommandFlags.ReadOnly, KeySpec.One, Get),
            new CommandSpec("BAG.REMOVE", 3, CommandFlags.Write, KeySpec.One, Remove),
            new CommandSpec("BAG.COUNT", 2, CommandFlags.ReadOnly, KeySpec.One, Count),
            new CommandSpec("BAG.NAMES", 2, CommandFlags.ReadOnly, KeySpec.One, Names),
            new CommandSpec("BAG.BACKWARDS", 2, CommandFlags.ReadOnly, KeySpec.One, Backwards),
            new CommandSpec("BAG.FROM", 4, CommandFlags.ReadOnly, KeySpec.One, From),
            new CommandSpec("BAG.UPTO", 4, CommandFlags.ReadOnly, KeySpec.One, UpTo),
            new CommandSpec("BAG.AT", 3, CommandFlags.ReadOnly, KeySpec.One, At),
            new CommandSpec("BAG.RANK", 3, CommandFlags.ReadOnly, KeySpec.One, Rank));
    }

    private static Reply Put(in CommandCall call) => call.TryOpen(call.Args[1], Type, out Key key)
        ? Reply.Boolean(key.Put(Kind, call.Args[2], call.Args[3]))
        : Reply.WrongType;

    private static Reply Add(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], Type, out Key key))
        {
            return Reply.WrongType;
        }

        key.Increment(Kind, call.Args[2], new CounterSum((Int128)NumberAt(call, 3)));
        return Reply.Ok;
    }

    private static Reply Get(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], Type, out Key key))
        {
            return Reply.WrongType;
        }

        return !key.TryGet(Kind, call.Args[2], out ElementValue value) ? Reply.Nil
            : value.HasCounter ? Reply.Bulk(Encoding.ASCII.GetBytes(value.CounterWorth.ToString()))
            : Reply.Bulk(value.Payload);
    }

    private static Reply Remove(in CommandCall call) => call.TryOpen(call.Args[1], Type, out Key key)
        ? Reply.Boolean(key.Remove(Kind, call.Args[2]))
        : Reply.WrongType;

    private static Reply Count(in CommandCall call) =>
        call.TryOpen(call.Args[1], Type, out Key key) ? Reply.Integer(key.Count(Type)) : Reply.WrongType;

    private static Reply Names(in CommandCall call) => Walk(call, default, long.MaxValue, reverse: false);

    private static Reply Backwards(in CommandCall call) => Walk(call, default, long.MaxValue, reverse: true);

    private static Reply From(in CommandCall call) => Walk(call, call.Args[2], NumberAt(call, 3), reverse: false);

    private static Reply UpTo(in CommandCall call) => Walk(call, call.Args[2], NumberAt(call, 3), reverse: true);

    private static Reply At(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], Type, out Key key))
        {
            return Reply.WrongType;
        }

        ElementCursor cursor = key.ScanAt(Kind, NumberAt(call, 2));
        return cursor.MoveNext() ? Reply.Bulk(cursor.Element) : Reply.Nil;
    }

    private static Reply Rank(in CommandCall call) =>
        call.TryOpen(call.Args[1], Type, out Key key) ? Reply.Integer(key.RankOf(Kind, call.Args[2])) : Reply.WrongType;

    private static Reply Walk(in CommandCall call, ReadOnlySpan<byte> from, long count, bool reverse)
    {
        if (!call.TryOpen(call.Args[1], Type, out Key key))
        {
            return Reply.WrongType;
        }

        var names = new List<byte[]>();
        ElementCursor cursor = key.Scan(Kind, from, reverse);
        while (names.Count < count && cursor.MoveNext())
        {
            names.Add(cursor.Element.ToArray());
        }

        call.Writer.Array(names.Count);
        foreach (byte[] name in names)
        {
            call.Writer.Bulk(name);
        }

        return Reply.Written;
    }

    private static long NumberAt(in CommandCall call, int index) =>
        long.Parse(call.Args[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
