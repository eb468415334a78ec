using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Resp;

namespace Marekvs.Modules.Strings;

/// <summary>How a command gives a time to live.</summary>
internal enum ExpiryForm
{
    None,
    Seconds,
    Milliseconds,
    UnixSeconds,
    UnixMilliseconds,
}

/// <summary>Reads the time that SET, SETEX, PSETEX and GETEX take; it must be positive, unlike EXPIRE's.</summary>
internal static class ExpiryOption
{
    /// <summary>Reads a time.</summary>
    /// <param name="call">The call; its command is named in the error.</param>
    /// <param name="text">The argument.</param>
    /// <param name="form">What it counts, and from when.</param>
    /// <param name="deadline">Unix milliseconds.</param>
    /// <param name="error">What to answer when it is none.</param>
    internal static bool TryRead(
        scoped in CommandCall call, ReadOnlySpan<byte> text, ExpiryForm form, out long deadline, out Reply error)
    {
        error = default;
        if (!RedisNumber.TryParseInt64(text, out deadline))
        {
            error = Reply.Error(RespErrors.NotInteger);
            return false;
        }

        bool counted = form is ExpiryForm.Seconds or ExpiryForm.Milliseconds;
        long unit = form is ExpiryForm.Seconds or ExpiryForm.UnixSeconds ? 1000 : 1;
        long offset = counted ? call.Now : 0;
        if (deadline <= 0 || deadline > long.MaxValue / unit || deadline * unit > long.MaxValue - offset)
        {
            error = Reply.Error($"ERR invalid expire time in '{call.Command.Name.ToLowerInvariant()}' command");
            return false;
        }

        deadline = Math.Min((deadline * unit) + offset, Cell.NoDeadline - 1);
        return true;
    }
}
