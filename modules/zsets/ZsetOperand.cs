using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>One of the keys that a command combines, kept open for as long as the command runs: a sorted set, a set, whose
/// members all have the score 1, or absent, which has no members.</summary>
internal sealed class ZsetOperand
{
    private const string SetTypeName = "set";

    private readonly KeyspaceCall _keyspace;
    private readonly KeyHandle _handle;
    private readonly byte[] _name;
    private readonly KeyType _type;

    private ZsetOperand(KeyspaceCall keyspace, Key key, KeyType type)
    {
        _keyspace = keyspace;
        _handle = key.Handle;
        _name = key.Name.ToArray();
        _type = type;
        Count = key.Count(type);
    }

    /// <summary>How many members it has.</summary>
    internal long Count { get; }

    /// <summary>What its scores are multiplied with.</summary>
    internal double Weight { get; set; } = 1;

    /// <summary>The members, in the order of hashes.</summary>
    internal ElementCursor Walk() => Key().Scan(_type.Kind);

    /// <summary>The score of the member at which a walk stands.</summary>
    internal double ScoreOf(in ElementValue member) => IsZset ? Score.Of(member) : 1;

    internal bool TryGetScore(ReadOnlySpan<byte> member, out double score)
    {
        bool isThere = Key().TryGet(_type.Kind, member, out ElementValue value);
        score = isThere ? ScoreOf(value) : 0;
        return isThere;
    }

    /// <summary>Multiplies a score; infinity times zero is zero.</summary>
    internal double Weigh(double score)
    {
        double weighed = score * Weight;
        return double.IsNaN(weighed) ? 0 : weighed;
    }

    /// <summary>Opens keys.</summary>
    /// <param name="call">The call.</param>
    /// <param name="first">The argument that names the first.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="operands">They in the order of the arguments.</param>
    /// <returns>False when one of them holds another type.</returns>
    internal static bool TryOpen(in CommandCall call, int first, int count, out ZsetOperand[] operands)
    {
        operands = new ZsetOperand[count];
        for (int i = 0; i < count; i++)
        {
            Key key = call.Open(call.Args[first + i]);
            KeyType type = key.Type ?? ZsetRecord.Type;
            if (!ReferenceEquals(type, ZsetRecord.Type) && type.Name != SetTypeName)
            {
                return false;
            }

            Invariant.That(type.Kind.Order == ElementOrder.ByHash, "sets and sorted sets can be walked alongside");
            operands[i] = new ZsetOperand(call.Keyspace, key, type);
        }

        return true;
    }

    private bool IsZset => ReferenceEquals(_type, ZsetRecord.Type);

    private Key Key() => new(_keyspace, _name, _handle);
}
