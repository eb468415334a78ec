using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Streams;

/// <summary>The two ends of an interval of ids, both included.</summary>
/// <param name="Start">The first id.</param>
/// <param name="End">The last id.</param>
internal readonly record struct IdRange(StreamId Start, StreamId End)
{
    /// <summary>Reads <c>-</c>, <c>+</c>, an id, or an id behind <c>(</c> that is left out.</summary>
    internal static bool TryParse(
        ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, out IdRange range, out Reply error)
    {
        range = default;
        if (!TryParseStart(start, out StreamId first, out error))
        {
            return false;
        }

        if (!TryParseBound(end, ulong.MaxValue, out StreamId last, out bool isOpen))
        {
            error = StreamErrors.InvalidId;
            return false;
        }

        if (isOpen && last == StreamId.Zero)
        {
            error = StreamErrors.InvalidEnd;
            return false;
        }

        range = new IdRange(first, isOpen ? last.Previous : last);
        return true;
    }

    /// <summary>Reads where an interval begins.</summary>
    internal static bool TryParseStart(ReadOnlySpan<byte> start, out StreamId first, out Reply error)
    {
        error = default;
        if (!TryParseBound(start, 0, out first, out bool isOpen))
        {
            error = StreamErrors.InvalidId;
            return false;
        }

        if (isOpen && first == StreamId.Max)
        {
            error = StreamErrors.InvalidStart;
            return false;
        }

        first = isOpen ? first.Next : first;
        return true;
    }

    private static bool TryParseBound(
        ReadOnlySpan<byte> text, ulong missingSequence, out StreamId id, out bool isOpen)
    {
        isOpen = text.Length > 1 && text[0] == (byte)'(';
        if (text.SequenceEqual("-"u8) || text.SequenceEqual("+"u8))
        {
            id = text[0] == (byte)'-' ? StreamId.Zero : StreamId.Max;
            return true;
        }

        return StreamId.TryParse(isOpen ? text[1..] : text, missingSequence, out id);
    }
}
