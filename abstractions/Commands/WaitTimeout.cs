namespace Marekvs.Abstractions.Commands;

/// <summary>How long a command waits for keys, as BLPOP, BZPOPMIN and their like are told.</summary>
public static class WaitTimeout
{
    private const double MillisecondsPerSecond = 1000;

    /// <summary>Reads seconds, maybe with a fraction; 0 is for ever.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="now">Unix milliseconds: when the wait ends must be a time.</param>
    /// <param name="milliseconds">For <see cref="Reply.WaitForKeys"/>; never 0 for a fraction.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>False when something is.</returns>
    public static bool TryParseSeconds(ReadOnlySpan<byte> text, long now, out long milliseconds, out Reply error)
    {
        milliseconds = 0;
        error = !RedisNumber.TryParseDouble(text, out double seconds)
                ? Reply.Error("ERR timeout is not a float or out of range"u8)
            : seconds < 0 && Math.Ceiling(seconds * MillisecondsPerSecond) < 0
                ? Reply.Error("ERR timeout is negative"u8)
            : seconds * MillisecondsPerSecond >= long.MaxValue - now
                ? Reply.Error("ERR timeout is out of range"u8)
            : default;
        if (error.IsError || seconds <= 0)
        {
            return !error.IsError;
        }

        // In decimals, or 1.1 seconds would be 1101 milliseconds.
        milliseconds = Math.Max(1, (long)decimal.Ceiling((decimal)seconds * (decimal)MillisecondsPerSecond));
        return true;
    }
}
