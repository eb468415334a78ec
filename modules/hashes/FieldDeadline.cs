using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Hashes;

/// <summary>What a time to live counts, and from when.</summary>
/// <param name="Unit">Milliseconds in what is counted.</param>
/// <param name="IsRelative">Whether it is counted from now, and not from 1970.</param>
internal readonly record struct ExpiryForm(long Unit, bool IsRelative)
{
    internal static ExpiryForm Seconds => new(1000, IsRelative: true);

    internal static ExpiryForm Milliseconds => new(1, IsRelative: true);

    internal static ExpiryForm UnixSeconds => new(1000, IsRelative: false);

    internal static ExpiryForm UnixMilliseconds => new(1, IsRelative: false);

    /// <summary>Reads EX, PX, EXAT or PXAT.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> word, out ExpiryForm form)
    {
        form = Ascii.EqualsIgnoreCase(word, "EX"u8) ? Seconds
            : Ascii.EqualsIgnoreCase(word, "PX"u8) ? Milliseconds
            : Ascii.EqualsIgnoreCase(word, "EXAT"u8) ? UnixSeconds
            : Ascii.EqualsIgnoreCase(word, "PXAT"u8) ? UnixMilliseconds
            : default;
        return form != default;
    }
}

/// <summary>Reads the time to live of a field.</summary>
internal static class FieldDeadline
{
    /// <summary>The latest deadline a field may have; Redis's own bound.</summary>
    internal const long Max = (1L << 46) - 1;

    /// <summary>Reads a time.</summary>
    /// <param name="call">The call; its command is named in the error.</param>
    /// <param name="text">The argument.</param>
    /// <param name="form">What it counts.</param>
    /// <param name="deadline">Unix milliseconds; maybe past.</param>
    /// <param name="error">What to answer when it is none.</param>
    internal static bool TryRead(
        scoped in CommandCall call, ReadOnlySpan<byte> text, ExpiryForm form, out long deadline, out Reply error)
    {
        long from = form.IsRelative ? call.Now : 0;
        bool isNumber = RedisNumber.TryParseInt64(text, out deadline);
        error = !isNumber ? Reply.Error(RespErrors.NotInteger)
            : deadline < 0 ? Reply.Error("ERR invalid expire time, must be >= 0"u8)
            : deadline > Max / form.Unit || deadline * form.Unit > Max - from
                ? Reply.Error($"ERR invalid expire time in '{call.Command.Name.ToLowerInvariant()}' command")
            : default;
        deadline = error.IsError ? 0 : (deadline * form.Unit) + from;
        return !error.IsError;
    }
}
