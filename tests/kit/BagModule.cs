using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;

namespace Marekvs.Testing;

/// <summary>The smallest collection there can be, for tests of what holds for every type: a bag of names with values.
/// <c>BAG.PUT key name value [milliseconds to live]</c>, <c>BAG.ADD key name number</c>, <c>BAG.GET key name</c>, <c>BAG.REMOVE key name</c>,
/// <c>BAG.COUNT key</c>, <c>BAG.NAMES key</c>, <c>BAG.BACKWARDS key</c>, <c>BAG.FROM key name count</c>,
/// <c>BAG.UPTO key name count</c>, <c>BAG.ALL key</c> (names with values, streamed when they are many), <c>BAG.AT key index</c> (the name there), <c>BAG.RANK key name</c>,
/// <c>BAG.FIRST key</c>, <c>BAG.LAST key</c> (takes the first or the last name),
/// <c>BAG.TAKE key [key ...] milliseconds</c> (takes the first name of the first bag there is, or waits); with an index also
/// <c>BAG.BYVALUE key value count</c> (names in the order of their values, from a value on) and
/// <c>BAG.VALUERANK key name</c>; ordered by hash also <c>BAG.SCAN key position count</c> (the next position, 0 at the end,
/// and names).</summary>
public sealed class BagModule : IModule
{
    private const byte EndOfValue = 0;

    private readonly RecordKind _kind;
    private readonly KeyType _type;

    /// <summary>Creates the module.</summary>
    /// <param name="isIndexed">Whether names are indexed by their values.</param>
    /// <param name="order">The order of names.</param>
    public BagModule(bool isIndexed = false, ElementOrder order = ElementOrder.ByName)
    {
        _kind = new RecordKind(
            200,
            "bag entry",
            merge: null,
            isIndexed ? new RecordIndex(201, "bag values", WriteEntry, isRanked: true) : null)
        {
            Order = order,
            IsRanked = order == ElementOrder.ByName,
        };
        _type = new KeyType("bag", order: 200, isSingle: false, _ => "bagtable", _kind)
        {
            ElementsExpired = (KeyspaceEvents.Hash, "bagexpired"),
        };
    }

    /// <inheritdoc/>
    public string Name => "bags";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddKeyType(_type);
        registry.AddCommands(
            new CommandSpec("BAG.PUT", -4, CommandFlags.Write, KeySpec.One, Put),
            new CommandSpec("BAG.ADD", 4, CommandFlags.Write, KeySpec.One, Add),
            new CommandSpec("BAG.GET", 3, CommandFlags.ReadOnly, KeySpec.One, Get),
            new CommandSpec("BAG.REMOVE", 3, CommandFlags.Write, KeySpec.One, Remove),
            new CommandSpec("BAG.FINISH", 3, CommandFlags.Write, KeySpec.One, Finish),
            new CommandSpec("BAG.COUNT", 2, CommandFlags.ReadOnly, KeySpec.One, Count),
            new CommandSpec("BAG.NAMES", 2, CommandFlags.ReadOnly, KeySpec.One, Names),
            new CommandSpec("BAG.BACKWARDS", 2, CommandFlags.ReadOnly, KeySpec.One, Backwards),
            new CommandSpec("BAG.ALL", 2, CommandFlags.ReadOnly, KeySpec.One, All),
            new CommandSpec("BAG.FROM", 4, CommandFlags.ReadOnly, KeySpec.One, From),
            new CommandSpec("BAG.UPTO", 4, CommandFlags.ReadOnly, KeySpec.One, UpTo),
            new CommandSpec("BAG.AT", 3, CommandFlags.ReadOnly, KeySpec.One, At),
            new CommandSpec("BAG.RANK", 3, CommandFlags.ReadOnly, KeySpec.One, Rank),
            new CommandSpec("BAG.FIRST", 2, CommandFlags.Write, KeySpec.One, TakeFirst),
            new CommandSpec("BAG.LAST", 2, CommandFlags.Write, KeySpec.One, TakeLast),
            new CommandSpec("BAG.TAKE", -3, CommandFlags.Write | CommandFlags.Blocking, KeySpec.Range(1, -2), Take)
                .Routed(CommandRouting.FirstWithSome));
        if (_kind.Order == ElementOrder.ByHash)
        {
            registry.AddCommands(new CommandSpec("BAG.SCAN", 4, CommandFlags.ReadOnly, KeySpec.One, Scan));
        }

        if (_kind.Index is not null)
        {
            registry.AddCommands(
                new CommandSpec("BAG.BYVALUE", 4, CommandFlags.ReadOnly, KeySpec.One, ByValue),
                new CommandSpec("BAG.VALUERANK", 3, CommandFlags.ReadOnly, KeySpec.One, ValueRank));
        }
    }

    private Reply Put(in CommandCall call) => call.TryOpen(call.Args[1], _type, out Key key)
        ? Reply.Boolean(key.Put(
            _kind,
            call.Args[2],
            call.Args[3],
            call.Args.Count > 4 ? new PutOptions(call.Now + NumberAt(call, 4)) : default))
        : Reply.WrongType;

    private Reply Add(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        key.Increment(_kind, call.Args[2], new CounterSum((Int128)NumberAt(call, 3)));
        return Reply.Ok;
    }

    private Reply Get(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        return key.TryGet(_kind, call.Args[2], out ElementValue value) ? Reply.Bulk(Shown(value).ToArray()) : Reply.Nil;
    }

    private Reply Remove(in CommandCall call) => call.TryOpen(call.Args[1], _type, out Key key)
        ? Reply.Boolean(key.Remove(_kind, call.Args[2]))
        : Reply.WrongType;

    private Reply Finish(in CommandCall call) => call.TryOpen(call.Args[1], _type, out Key key)
        ? Reply.Boolean(key.RemoveFinally(_kind, call.Args[2]))
        : Reply.WrongType;

    private Reply Count(in CommandCall call) =>
        call.TryOpen(call.Args[1], _type, out Key key) ? Reply.Integer(key.Count(_type)) : Reply.WrongType;

    private Reply Names(in CommandCall call) => Walk(call, default, long.MaxValue, reverse: false);

    private Reply Backwards(in CommandCall call) => Walk(call, default, long.MaxValue, reverse: true);

    private Reply All(in CommandCall call) => call.TryOpen(call.Args[1], _type, out Key key)
        ? call.WriteElements(key, _type, static (writer, count) => writer.Map(count), static (writer, name, in value) =>
        {
            writer.Bulk(name);
            writer.Bulk(Shown(value));
        })
        : Reply.WrongType;

    private Reply From(in CommandCall call) => Walk(call, call.Args[2], NumberAt(call, 3), reverse: false);

    private Reply UpTo(in CommandCall call) => Walk(call, call.Args[2], NumberAt(call, 3), reverse: true);

    private Reply At(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        ElementCursor cursor = key.ScanAt(_kind, NumberAt(call, 2));
        return cursor.MoveNext() ? Reply.Bulk(cursor.Element) : Reply.Nil;
    }

    private Reply Rank(in CommandCall call) =>
        call.TryOpen(call.Args[1], _type, out Key key) ? Reply.Integer(key.RankOf(_kind, call.Args[2])) : Reply.WrongType;

    private Reply TakeFirst(in CommandCall call) => TakeFrom(call, reverse: false);

    private Reply TakeLast(in CommandCall call) => TakeFrom(call, reverse: true);

    private Reply TakeFrom(in CommandCall call, bool reverse)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        ElementCursor cursor = key.Scan(_kind, default, reverse);
        if (!cursor.MoveNext())
        {
            return Reply.Nil;
        }

        byte[] name = cursor.Element.ToArray();
        key.RemoveAt(_kind, cursor);
        return Reply.Bulk(name);
    }

    private Reply Take(in CommandCall call)
    {
        for (int i = 1; i < call.Args.Count - 1; i++)
        {
            if (!call.TryOpen(call.Args[i], _type, out Key key))
            {
                return Reply.WrongType;
            }

            ElementCursor cursor = key.Scan(_kind);
            if (cursor.MoveNext())
            {
                byte[] name = cursor.Element.ToArray();
                key.Remove(_kind, name);
                return Reply.Bulk(name);
            }
        }

        return call.Retry == CallRetry.TimedOut
            ? Reply.NilArray
            : Reply.WaitForKeys(NumberAt(call, call.Args.Count - 1), _type);
    }

    private Reply Walk(in CommandCall call, ReadOnlySpan<byte> from, long count, bool reverse)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        var names = new List<byte[]>();
        ElementCursor cursor = key.Scan(_kind, from, reverse);
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

    private Reply Scan(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        var names = new List<byte[]>();
        ulong next = 0;
        ulong last = 0;
        ElementCursor cursor = key.ScanFrom(_kind, (ulong)NumberAt(call, 2));
        while (next == 0 && cursor.MoveNext())
        {
            if (names.Count >= NumberAt(call, 3) && cursor.Position != last)
            {
                next = cursor.Position;
            }
            else
            {
                names.Add(cursor.Element.ToArray());
                last = cursor.Position;
            }
        }

        call.Writer.Array(names.Count + 1);
        call.Writer.BulkInteger((long)next);
        foreach (byte[] name in names)
        {
            call.Writer.Bulk(name);
        }

        return Reply.Written;
    }

    private Reply ByValue(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        var names = new List<byte[]>();
        ElementCursor cursor = key.Scan(_kind.Index!.Kind, call.Args[2]);
        while (names.Count < NumberAt(call, 3) && cursor.MoveNext())
        {
            names.Add(cursor.Element[(cursor.Element.IndexOf(EndOfValue) + 1)..].ToArray());
        }

        call.Writer.Array(names.Count);
        foreach (byte[] name in names)
        {
            call.Writer.Bulk(name);
        }

        return Reply.Written;
    }

    private Reply ValueRank(in CommandCall call)
    {
        if (!call.TryOpen(call.Args[1], _type, out Key key))
        {
            return Reply.WrongType;
        }

        if (!key.TryGet(_kind, call.Args[2], out ElementValue value))
        {
            return Reply.Nil;
        }

        var entry = new RecordWriter();
        WriteEntry(call.Args[2], value, entry);
        return Reply.Integer(key.RankOf(_kind.Index!.Kind, entry.Written));
    }

    private static void WriteEntry(ReadOnlySpan<byte> element, in ElementValue value, RecordWriter entry)
    {
        entry.WriteBytes(Shown(value));
        entry.WriteByte(EndOfValue);
        entry.WriteBytes(element);
    }

    private static ReadOnlySpan<byte> Shown(in ElementValue value) =>
        value.HasCounter ? Encoding.ASCII.GetBytes(value.CounterWorth.ToString()) : value.Payload;

    private static long NumberAt(in CommandCall call, int index) =>
        long.Parse(call.Args[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
