using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Strings;

/// <summary>The words after the value of SET, or after the key of GETEX.</summary>
internal struct SetOptions
{
    /// <summary>NX: only if the key does not exist.</summary>
    internal bool IfAbsent { get; private set; }

    /// <summary>XX: only if the key exists.</summary>
    internal bool IfPresent { get; private set; }

    /// <summary>GET: answer the old value.</summary>
    internal bool ReturnOld { get; private set; }

    /// <summary>KEEPTTL.</summary>
    internal bool KeepDeadline { get; private set; }

    /// <summary>PERSIST.</summary>
    internal bool Persist { get; private set; }

    /// <summary>EX, PX, EXAT or PXAT, if given.</summary>
    internal ExpiryForm Expiry { get; private set; }

    /// <summary>Index of the time argument.</summary>
    internal int ExpiryAt { get; private set; }

    /// <summary>Reads SET's options.</summary>
    /// <returns>False for an unknown word or a combination that makes no sense.</returns>
    internal static bool TryParseSet(CommandArgs args, out SetOptions options)
    {
        options = default;
        for (int i = 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> word = args[i];
            if (Is(word, "NX"u8) && !options.IfPresent)
            {
                options.IfAbsent = true;
            }
            else if (Is(word, "XX"u8) && !options.IfAbsent)
            {
                options.IfPresent = true;
            }
            else if (Is(word, "GET"u8))
            {
                options.ReturnOld = true;
            }
            else if (Is(word, "KEEPTTL"u8) && options.Expiry == ExpiryForm.None)
            {
                options.KeepDeadline = true;
            }
            else if (!options.TryTakeExpiry(args, word, ref i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether SET looks at what is there before it writes, or takes it.</summary>
    internal static bool IsConditional(CommandArgs args) => args.Count > 3 &&
        TryParseSet(args, out SetOptions options) && (options.IfAbsent || options.IfPresent || options.ReturnOld);

    /// <summary>Reads GETEX's options.</summary>
    /// <returns>False for an unknown word or a combination that makes no sense.</returns>
    internal static bool TryParseGetEx(CommandArgs args, out SetOptions options)
    {
        options = default;
        for (int i = 2; i < args.Count; i++)
        {
            ReadOnlySpan<byte> word = args[i];
            if (Is(word, "PERSIST"u8) && options.Expiry == ExpiryForm.None)
            {
                options.Persist = true;
            }
            else if (!options.TryTakeExpiry(args, word, ref i))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTakeExpiry(CommandArgs args, ReadOnlySpan<byte> word, ref int at)
    {
        ExpiryForm form = Is(word, "EX"u8) ? ExpiryForm.Seconds
            : Is(word, "PX"u8) ? ExpiryForm.Milliseconds
            : Is(word, "EXAT"u8) ? ExpiryForm.UnixSeconds
            : Is(word, "PXAT"u8) ? ExpiryForm.UnixMilliseconds
            : ExpiryForm.None;

        // Redis lets one form be repeated, the last one counting.
        bool clashes = KeepDeadline || Persist || (Expiry != ExpiryForm.None && Expiry != form);
        if (form == ExpiryForm.None || clashes || at + 1 >= args.Count)
        {
            return false;
        }

        Expiry = form;
        ExpiryAt = ++at;
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> option) => Ascii.EqualsIgnoreCase(word, option);
}
