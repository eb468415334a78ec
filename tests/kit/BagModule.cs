using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;

namespace Marekvs.Testing;

/// <summary>The smallest collection there can be, for tests of what holds for every type: a bag of names with values.
/// <c>BAG.PUT key name value</c>, <c>BAG.GET key name</c>, <c>BAG.REMOVE key name</c>, <c>BAG.NAMES key</c>.</summary>
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
            new CommandSpec("BAG.GET", 3, CommandFlags.ReadOnly, KeySpec.One, Get),
            new CommandSpec("BAG.REMOVE", 3, CommandFlags.Write, KeySpec.One, Remove),
            new CommandSpec("BAG.NAMES", 2, CommandFlags.ReadOnly, KeySpec.One, Names));
    }

    private static Reply Put(in CommandCall call) => call.TryOpen(call.Args[1], Type, out Key key)
        ? Reply.Boolean(key.Put(Kind, call.Args[2], call.Args[3]))
        : Reply.WrongType;

    private static Reply Get(in CommandCall call) => !call.TryOpen(call.Args[1], Type, out Key key) ? Reply.WrongType
        : key.TryGet(Kind, call.Args[2], out ElementValue value) ? Reply.Bulk(value.Payload)
        : Reply.Nil;

    private static Reply Remove(in CommandCall call) => call.TryOpen(call.Args[1], Type, out Key key)
        ? Reply.Boolean(key.Remove(Kind, call.Args[2]))
        : Reply.WrongType;

    private static Reply Names(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], Type, out Key key))
        {
            return Reply.WrongType;
        }

        call.Writer.Array(key.Count(Type));
        if (key.Exists)
        {
            ElementCursor cursor = key.Scan(Kind);
            while (cursor.MoveNext())
            {
                call.Writer.Bulk(cursor.Element);
            }
        }

        return Reply.Written;
    }
}
