using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Streams;

/// <summary>What XREAD and XREADGROUP are asked for: <c>[GROUP group consumer] [COUNT count] [BLOCK milliseconds]
/// [NOACK] STREAMS key [key ...] id [id ...]</c>.</summary>
internal struct ReadOptions
{
    private const int NoBlock = -1;

    /// <summary>The argument that names the group, 0 for XREAD.</summary>
    internal int Group { get; private set; }

    /// <summary>Entries of each stream at most.</summary>
    internal long Count { get; private set; }

    /// <summary>Milliseconds to wait, 0 for ever.</summary>
    internal long Timeout { get; private set; }

    internal readonly bool Blocks => Timeout != NoBlock;

    internal bool NoAcknowledge { get; private set; }

    /// <summary>The argument that is the first key.</summary>
    internal int FirstKey { get; private set; }

    internal int Streams { get; private set; }

    /// <summary>Finds the keys, for the rows.</summary>
    internal static bool TryFindKeys(CommandArgs args, List<int> keys)
    {
        if (!TryParse(args, out ReadOptions options, out _))
        {
            return false;
        }

        for (int i = 0; i < options.Streams; i++)
        {
            keys.Add(options.FirstKey + i);
        }

        return true;
    }

    /// <summary>Whether XREADGROUP wants what is new to the group, and not only what its consumer has already.</summary>
    internal static bool WantsNew(CommandArgs args)
    {
        if (!TryParse(args, out ReadOptions options, out _))
        {
            return false;
        }

        for (int i = options.FirstKey + options.Streams; i < args.Count; i++)
        {
            if (args[i].SequenceEqual(">"u8))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool TryParse(CommandArgs args, out ReadOptions options, out Reply error)
    {
        options = new ReadOptions { Count = long.MaxValue, Timeout = NoBlock };
        bool readsGroup = args[0].Is("XREADGROUP"u8);
        for (int i = 1; options.FirstKey == 0; i++)
        {
            if (i == args.Count)
            {
                error = Reply.SyntaxError;
                return false;
            }

            if (!options.TryTake(args, ref i, readsGroup, out error))
            {
                return false;
            }
        }

        int rest = args.Count - options.FirstKey;
        error = rest % 2 == 1 ? Unbalanced(readsGroup)
            : readsGroup && options.Group == 0 ? Reply.Error("ERR Missing GROUP option for XREADGROUP"u8)
            : default;
        options.Streams = rest / 2;
        return !error.IsError;
    }

    private bool TryTake(CommandArgs args, scoped ref int i, bool readsGroup, out Reply error)
    {
        error = default;
        int more = args.Count - 1 - i;
        ReadOnlySpan<byte> word = args[i];
        if (more > 0 && word.Is("BLOCK"u8))
        {
            return TryTakeTimeout(args[++i], out error);
        }

        if (more > 0 && word.Is("COUNT"u8))
        {
            bool isNumber = RedisNumber.TryParseInt64(args[++i], out long count);
            Count = count <= 0 ? long.MaxValue : count;
            error = isNumber ? default : Reply.Error(RespErrors.NotInteger);
        }
        else if (more > 0 && word.Is("STREAMS"u8))
        {
            FirstKey = i + 1;
        }
        else if (more > 1 && word.Is("GROUP"u8))
        {
            error = readsGroup ? default : OnlyGroups("GROUP");
            Group = i + 1;
            i += 2;
        }
        else if (word.Is("NOACK"u8))
        {
            error = readsGroup ? default : OnlyGroups("NOACK");
            NoAcknowledge = true;
        }
        else
        {
            error = Reply.SyntaxError;
        }

        return !error.IsError;
    }

    private bool TryTakeTimeout(ReadOnlySpan<byte> text, out Reply error)
    {
        bool isNumber = RedisNumber.TryParseInt64(text, out long timeout);
        Timeout = timeout;
        error = !isNumber ? Reply.Error("ERR timeout is not an integer or out of range"u8)
            : timeout < 0 ? Reply.Error("ERR timeout is negative"u8)
            : default;
        return !error.IsError;
    }

    private static Reply OnlyGroups(string option) => Reply.Error(
        $"ERR The {option} option is only supported by XREADGROUP. You called XREAD instead.");

    private static Reply Unbalanced(bool readsGroup) => Reply.Error(Encoding.ASCII.GetBytes(readsGroup
        ? "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified."
        : "ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified."));
}
