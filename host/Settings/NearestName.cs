namespace Marekvs.Host.Settings;

/// <summary>Guesses what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest known name.</summary>
    /// <param name="name">The misspelt one.</param>
    /// <param name="known">The right ones.</param>
    /// <returns><c>; did you mean "x"?</c>, or nothing when none is near.</returns>
    public static string Suggest(string name, IEnumerable<string> known)
    {
        (string Name, int Distance) nearest = known
            .Select(k => (Name: k, Distance: Distance(name, k)))
            .DefaultIfEmpty((Name: "", Distance: int.MaxValue))
            .MinBy(k => k.Distance);
        return nearest.Distance <= Math.Max(1, name.Length / 4) ? $"; did you mean \"{nearest.Name}\"?" : "";
    }

    /// <summary>Letters to insert, remove or replace; case does not count.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                bool isSame = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                int replaced = diagonal + (isSame ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
