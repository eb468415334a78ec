using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Zsets;

/// <summary>What a command of the algebra does, which decides the options it takes.</summary>
[Flags]
internal enum AlgebraForm
{
    /// <summary>Answers with members.</summary>
    Answers = 0,

    /// <summary>Combines scores: takes WEIGHTS and AGGREGATE.</summary>
    Combines = 1,

    /// <summary>Stores members in the key in front of the number of keys.</summary>
    Stores = 2,

    /// <summary>Counts members: takes LIMIT.</summary>
    Counts = 4,
}

/// <summary>What ZUNION and its relatives are asked for:
/// <c>[destination] numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES] [LIMIT limit]</c>.
/// </summary>
internal sealed class AlgebraQuery
{
    private AlgebraQuery(ZsetOperand[] operands) => Operands = operands;

    /// <summary>The keys to combine.</summary>
    internal ZsetOperand[] Operands { get; }

    internal Aggregate Aggregate { get; private set; }

    internal bool WithScores { get; private set; }

    /// <summary>How many members to count, 0 for all.</summary>
    internal long Limit { get; private set; }

    /// <summary>Reads a query and opens its keys.</summary>
    internal static bool TryParse(in CommandCall call, AlgebraForm form, out AlgebraQuery query, out Reply error)
    {
        query = null!;
        CommandArgs args = call.Args;
        int count = (form & AlgebraForm.Stores) != 0 ? 2 : 1;
        bool isNumber = RedisNumber.TryParseInt64(args[count], out long keys);
        error = !isNumber ? Reply.Error(RespErrors.NotInteger)
            : keys < 1 ? Reply.Error(
                $"ERR at least 1 input key is needed for '{call.Command.Name.ToLowerInvariant()}' command")
            : keys > args.Count - count - 1 ? Reply.SyntaxError
            : default;
        if (error.IsError)
        {
            return false;
        }

        if (!ZsetOperand.TryOpen(call, count + 1, (int)keys, out ZsetOperand[] operands))
        {
            error = Reply.WrongType;
            return false;
        }

        query = new AlgebraQuery(operands);
        for (int i = count + 1 + (int)keys; i < args.Count;)
        {
            if (!query.TryReadOption(args, form, ref i, out error))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the option at an argument, and goes on behind it.</summary>
    private bool TryReadOption(CommandArgs args, AlgebraForm form, scoped ref int at, out Reply error)
    {
        bool combines = (form & AlgebraForm.Combines) != 0;
        int behind = args.Count - at - 1;
        ReadOnlySpan<byte> word = args[at++];
        error = default;
        if (combines && behind >= Operands.Length && Ascii.EqualsIgnoreCase(word, "WEIGHTS"u8))
        {
            return TryReadWeights(args, ref at, out error);
        }

        if (combines && behind >= 1 && Ascii.EqualsIgnoreCase(word, "AGGREGATE"u8))
        {
            return TryReadAggregate(args[at++], out error);
        }

        if (form is AlgebraForm.Answers or AlgebraForm.Combines && Ascii.EqualsIgnoreCase(word, "WITHSCORES"u8))
        {
            WithScores = true;
            return true;
        }

        if ((form & AlgebraForm.Counts) != 0 && behind >= 1 && Ascii.EqualsIgnoreCase(word, "LIMIT"u8))
        {
            bool isNumber = RedisNumber.TryParseInt64(args[at++], out long limit);
            Limit = limit;
            error = isNumber && limit >= 0 ? default : Reply.Error("ERR LIMIT can't be negative"u8);
            return !error.IsError;
        }

        error = Reply.SyntaxError;
        return false;
    }

    private bool TryReadWeights(CommandArgs args, scoped ref int at, out Reply error)
    {
        error = default;
        foreach (ZsetOperand operand in Operands)
        {
            if (!RedisNumber.TryParseDouble(args[at++], out double weight))
            {
                error = Reply.Error("ERR weight value is not a float"u8);
                return false;
            }

            operand.Weight = weight;
        }

        return true;
    }

    private bool TryReadAggregate(ReadOnlySpan<byte> word, out Reply error)
    {
        Aggregate? aggregate = Ascii.EqualsIgnoreCase(word, "SUM"u8) ? Aggregate.Sum
            : Ascii.EqualsIgnoreCase(word, "MIN"u8) ? Aggregate.Min
            : Ascii.EqualsIgnoreCase(word, "MAX"u8) ? Aggregate.Max
            : null;
        Aggregate = aggregate ?? default;
        error = aggregate is null ? Reply.SyntaxError : default;
        return aggregate is not null;
    }
}
