namespace Kappa.Text;

/// <summary>Finds what a user meant by a name that does not exist.</summary>
public static class NearestName
{
    /// <summary>The valid name nearest to a mistyped one.</summary>
    /// <param name="got">The name that does not exist.</param>
    /// <param name="valid">The names that do.</param>
    /// <returns>The nearest one, the first of equals; null where none is near: more than a third of the longer name would have to
    /// change.</returns>
    /// <remarks>Damerau-Levenshtein distance, ignoring case: insertions, deletions, replacements and swaps of neighbours, no place edited
    /// twice.</remarks>
    public static string? Suggest(string got, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(got);
        ArgumentNullException.ThrowIfNull(valid);
        string? nearest = null;
        int smallest = int.MaxValue;
        foreach (string candidate in valid)
        {
            int limit = Math.Max(got.Length, candidate.Length) / 3;
            if (Math.Abs(got.Length - candidate.Length) > limit)
            {
                continue;
            }
            int distance = Distance(got.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance <= limit && distance < smallest)
            {
                (nearest, smallest) = (candidate, distance);
            }
        }
        return nearest;
    }

    /// <summary>The error text for a name that does not exist, such as
    /// <c>unknown optimizer "adamv"; did you mean "adamw"? Valid: adamw, muon, sgd</c>.</summary>
    /// <param name="kind">What the name is of, such as <c>optimizer</c>.</param>
    /// <param name="got">The name that does not exist.</param>
    /// <param name="valid">The names that do, in the order to list them.</param>
    /// <returns>One line, without a full stop.</returns>
    public static string Describe(string kind, string got, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(kind);
        string[] names = [.. valid];
        string question = Suggest(got, names) is string nearest ? $"; did you mean \"{nearest}\"? Valid" : "; valid";
        return $"unknown {kind} \"{got}\"{question}: {(names.Length == 0 ? "none" : string.Join(", ", names))}";
    }

    /// <summary>Optimal string alignment distance, three rows at a time.</summary>
    internal static int Distance(string first, string second)
    {
        int[] twoAbove = new int[second.Length + 1], above = new int[second.Length + 1], row = new int[second.Length + 1];
        for (int j = 0; j <= second.Length; j++)
        {
            row[j] = j;
        }
        for (int i = 1; i <= first.Length; i++)
        {
            (twoAbove, above, row) = (above, row, twoAbove);
            row[0] = i;
            for (int j = 1; j <= second.Length; j++)
            {
                int replace = above[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
                }
            }
        }
        return row[second.Length];
    }
}
