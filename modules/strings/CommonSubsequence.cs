namespace Marekvs.Modules.Strings;

/// <summary>A run of bytes that both strings share.</summary>
/// <param name="FirstStart">Where it begins in the first string.</param>
/// <param name="SecondStart">Where it begins in the second string.</param>
/// <param name="Length">Its length.</param>
internal readonly record struct SharedRun(int FirstStart, int SecondStart, int Length);

/// <summary>
/// The longest common subsequence of two strings by the usual table of lengths of prefixes. Where several
/// subsequences are longest, the walk back chooses the one Redis chooses: it shortens the first string only when that
/// keeps strictly more.
/// </summary>
/// <remarks>Wagner and Fischer, "The String-to-String Correction Problem" (1974).</remarks>
internal ref struct CommonSubsequence
{
    private readonly ReadOnlySpan<byte> _first;
    private readonly ReadOnlySpan<byte> _second;
    private readonly int[] _lengths;
    private readonly int _width;

    /// <summary>Fills the table.</summary>
    /// <param name="first">One string.</param>
    /// <param name="second">The other.</param>
    internal CommonSubsequence(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        _first = first;
        _second = second;
        _width = second.Length + 1;
        _lengths = new int[(first.Length + 1) * _width];
        for (int i = 1; i <= first.Length; i++)
        {
            ReadOnlySpan<int> above = _lengths.AsSpan((i - 1) * _width, _width);
            Span<int> row = _lengths.AsSpan(i * _width, _width);
            byte value = first[i - 1];
            for (int j = 1; j < row.Length; j++)
            {
                row[j] = value == second[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            }
        }
    }

    /// <summary>Length of the subsequence.</summary>
    internal readonly int Length => _lengths[^1];

    /// <summary>Bytes the table for two strings takes.</summary>
    internal static long TableBytes(int firstLength, int secondLength) =>
        (firstLength + 1L) * (secondLength + 1L) * sizeof(int);

    /// <summary>The shared runs, from the end of the strings to their beginning.</summary>
    internal readonly List<SharedRun> Runs()
    {
        var runs = new List<SharedRun>();
        int i = _first.Length;
        int j = _second.Length;
        int length = 0;
        while (i > 0 && j > 0)
        {
            if (_first[i - 1] == _second[j - 1])
            {
                i--;
                j--;
                length++;
                continue;
            }

            Close(runs, i, j, ref length);
            if (_lengths[((i - 1) * _width) + j] > _lengths[(i * _width) + j - 1])
            {
                i--;
            }
            else
            {
                j--;
            }
        }

        Close(runs, i, j, ref length);
        return runs;
    }

    private static void Close(List<SharedRun> runs, int first, int second, ref int length)
    {
        if (length > 0)
        {
            runs.Add(new SharedRun(first, second, length));
            length = 0;
        }
    }
}
