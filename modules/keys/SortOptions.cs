using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary><c>SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE destination]</c>.
/// </summary>
internal sealed class SortOptions
{
    private const int OptionsAt = 2;

    /// <summary>What to sort by; null for the elements themselves.</summary>
    internal SortPattern? By { get; private set; }

    /// <summary>What is returned of each element; empty for the element itself.</summary>
    internal List<SortPattern> Get { get; } = [];

    /// <summary>Whether values are compared as bytes and not as numbers.</summary>
    internal bool IsAlphabetic { get; private set; }

    internal bool IsDescending { get; private set; }

    /// <summary>How many elements are left out.</summary>
    internal long Offset { get; private set; }

    /// <summary>How many are returned at most; negative for all.</summary>
    internal long Count { get; private set; } = -1;

    /// <summary>Which argument is the key that receives the result; 0 for none.</summary>
    internal int StoreAt { get; private set; }

    /// <summary>Whether the elements stay in their own order: BY something that names no keys says so.</summary>
    internal bool KeepsOrder => By is { NamesKeys: false };

    /// <summary>Finds the key and the destination, which may stand among the options; the last counts.</summary>
    internal static bool TryFindKeys(CommandArgs args, List<int> keys)
    {
        keys.Add(1);
        int store = 0;
        for (int i = OptionsAt; i < args.Count; i += 1 + Values(args[i]))
        {
            store = Is(args[i], "STORE"u8) && i + 1 < args.Count ? i + 1 : store;
        }

        if (store > 0)
        {
            keys.Add(store);
        }

        return true;
    }

    internal static bool TryFindReadKey(CommandArgs args, List<int> keys)
    {
        keys.Add(1);
        return true;
    }

    /// <summary>Whether keys may be opened that patterns name.</summary>
    internal static bool HasPatterns(CommandArgs args)
    {
        for (int i = OptionsAt; i + 1 < args.Count; i += 1 + Values(args[i]))
        {
            if ((Is(args[i], "BY"u8) || Is(args[i], "GET"u8)) && args[i + 1].Contains((byte)'*'))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool TryParse(in CommandCall call, bool mayStore, out SortOptions options, out Reply error)
    {
        options = new SortOptions();
        error = default;
        CommandArgs args = call.Args;
        for (int i = OptionsAt; i < args.Count && !error.IsError; i += 1 + Values(args[i]))
        {
            error = i + Values(args[i]) < args.Count ? options.Take(call, i, mayStore) : Reply.SyntaxError;
        }

        return !error.IsError;
    }

    private Reply Take(in CommandCall call, int at, bool mayStore)
    {
        ReadOnlySpan<byte> word = call.Args[at];
        if (Is(word, "ASC"u8) || Is(word, "DESC"u8))
        {
            IsDescending = Is(word, "DESC"u8);
        }
        else if (Is(word, "ALPHA"u8))
        {
            IsAlphabetic = true;
        }
        else if (Is(word, "LIMIT"u8))
        {
            bool areNumbers = RedisNumber.TryParseInt64(call.Args[at + 1], out long offset) &
                RedisNumber.TryParseInt64(call.Args[at + 2], out long count);
            (Offset, Count) = (offset, count);
            return areNumbers ? default : Reply.Error(RespErrors.NotInteger);
        }
        else if (Is(word, "STORE"u8) && mayStore)
        {
            StoreAt = at + 1;
        }
        else if (Is(word, "BY"u8))
        {
            By = new SortPattern(call.Args[at + 1]);
            return By.NamesKeys && !call.Session.MayReadEveryKey
                ? Reply.Error("ERR BY option of SORT denied due to insufficient ACL permissions."u8)
                : default;
        }
        else if (Is(word, "GET"u8))
        {
            Get.Add(new SortPattern(call.Args[at + 1]));
            return call.Session.MayReadEveryKey
                ? default
                : Reply.Error("ERR GET option of SORT denied due to insufficient ACL permissions."u8);
        }
        else
        {
            return Reply.SyntaxError;
        }

        return default;
    }

    /// <summary>How many arguments follow a word.</summary>
    private static int Values(ReadOnlySpan<byte> word) =>
        Is(word, "LIMIT"u8) ? 2 : Is(word, "STORE"u8) || Is(word, "BY"u8) || Is(word, "GET"u8) ? 1 : 0;

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> option) =>
        Ascii.EqualsIgnoreCase(word, option);
}
