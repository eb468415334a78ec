using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Zsets;

/// <summary>Goes through members by score.</summary>
/// <param name="entries">Stands before the first entry of the index.</param>
/// <param name="count">How many members to go through, at most.</param>
/// <param name="range">Where they lie, when that is known: else <paramref name="count"/> alone ends the walk.</param>
/// <param name="reverse">Whether the entries come backwards.</param>
internal sealed class RangeWalk(ElementCursor entries, long count, IndexRange? range = null, bool reverse = false)
{
    private long _left = count;
    private bool _isOver;

    /// <summary>How many members come, when that is known beforehand.</summary>
    internal long? Count { get; } = range is null ? count : null;

    /// <summary>The current member; valid until the next step.</summary>
    internal ReadOnlySpan<byte> Member => ScoreEntry.MemberIn(entries.Element);

    internal double Score => ScoreEntry.ScoreIn(entries.Element);

    internal bool MoveNext()
    {
        while (_left > 0 && !_isOver && entries.MoveNext())
        {
            int order = range?.Compare(entries.Element) ?? 0;
            if (order == 0)
            {
                _left--;
                return true;
            }

            // Going backwards the first entry may be the one at which the range ends.
            _isOver = !reverse || order < 0;
        }

        return false;
    }

    /// <summary>Leaves members out.</summary>
    internal void Skip(long members)
    {
        long left = _left;
        _left = members;
        while (MoveNext())
        {
        }

        _left = left;
    }
}
