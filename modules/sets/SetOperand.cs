using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Sets;

/// <summary>One of the sets that a command combines, kept open for as long as the command runs.</summary>
internal sealed class SetOperand
{
    private readonly KeyspaceCall _keyspace;
    private readonly KeyHandle _handle;
    private readonly byte[] _name;

    private SetOperand(KeyspaceCall keyspace, Key key)
    {
        _keyspace = keyspace;
        _handle = key.Handle;
        _name = key.Name.ToArray();
        Count = key.Count(SetRecord.Type);
    }

    /// <summary>How many members it has; an absent key is a set without members.</summary>
    internal long Count { get; }

    /// <summary>The members in the order in which all sets have theirs.</summary>
    internal ElementCursor Walk() => Key().Scan(SetRecord.Kind);

    internal bool Has(ReadOnlySpan<byte> member) => Key().TryGet(SetRecord.Kind, member, out _);

    /// <summary>Opens all the sets.</summary>
    /// <param name="call">The call.</param>
    /// <param name="first">The argument that names the first.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="operands">The sets in the order of the arguments.</param>
    /// <returns>False when one of the keys holds another type.</returns>
    internal static bool TryOpen(in CommandCall call, int first, int count, out SetOperand[] operands)
    {
        operands = new SetOperand[count];
        for (int i = 0; i < count; i++)
        {
            if (!call.TryOpen(call.Args[first + i], SetRecord.Type, out Key key))
            {
                return false;
            }

            operands[i] = new SetOperand(call.Keyspace, key);
        }

        return true;
    }

    private Key Key() => new(_keyspace, _name, _handle);
}
