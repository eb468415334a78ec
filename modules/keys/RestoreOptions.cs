using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Keys;

/// <summary>The options of RESTORE.</summary>
internal readonly struct RestoreOptions
{
    private const int FirstOption = 4;
    private const long FrequencyMax = 255;
    private const long IdleSecondsMax = uint.MaxValue;

    private RestoreOptions(bool replace, bool isAbsolute, long idleMilliseconds)
    {
        Replace = replace;
        IsAbsolute = isAbsolute;
        IdleMilliseconds = idleMilliseconds;
    }

    /// <summary>Whether the key may exist.</summary>
    internal bool Replace { get; }

    /// <summary>Whether the time to live is the moment it ends.</summary>
    internal bool IsAbsolute { get; }

    /// <summary>How long ago the key was used.</summary>
    internal long IdleMilliseconds { get; }

    internal static bool TryParse(CommandArgs args, out RestoreOptions options, out Reply error)
    {
        options = default;
        error = default;
        bool replace = false;
        bool isAbsolute = false;
        bool hasFrequency = false;
        long idle = -1;
        for (int i = FirstOption; i < args.Count; i++)
        {
            bool hasMore = i + 1 < args.Count;
            if (Ascii.EqualsIgnoreCase(args[i], "REPLACE"u8))
            {
                replace = true;
            }
            else if (Ascii.EqualsIgnoreCase(args[i], "ABSTTL"u8))
            {
                isAbsolute = true;
            }
            else if (Ascii.EqualsIgnoreCase(args[i], "IDLETIME"u8) && hasMore && !hasFrequency)
            {
                const string Range = "Invalid IDLETIME value, must be >= 0";
                if (!TryParseNumber(args[++i], long.MaxValue, Range, out idle, out error))
                {
                    return false;
                }
            }
            else if (Ascii.EqualsIgnoreCase(args[i], "FREQ"u8) && hasMore && idle < 0)
            {
                // Frequencies are not counted: checked and forgotten.
                hasFrequency = true;
                const string Range = "Invalid FREQ value, must be >= 0 and <= 255";
                if (!TryParseNumber(args[++i], FrequencyMax, Range, out _, out error))
                {
                    return false;
                }
            }
            else
            {
                error = Reply.SyntaxError;
                return false;
            }
        }

        options = new RestoreOptions(replace, isAbsolute, Math.Clamp(idle, 0, IdleSecondsMax) * 1000);
        return true;
    }

    private static bool TryParseNumber(
        ReadOnlySpan<byte> text, long most, string range, out long number, out Reply error)
    {
        error = !RedisNumber.TryParseInt64(text, out number) ? Reply.Error(RespErrors.NotInteger)
            : number < 0 || number > most ? Reply.Error($"ERR {range}")
            : default;
        return !error.IsError;
    }
}
