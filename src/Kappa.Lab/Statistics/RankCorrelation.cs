namespace Kappa.Lab.Statistics;

/// <summary>Spearman's rank correlation.</summary>
public static class RankCorrelation
{
    /// <summary>The correlation of the ranks of two lists, ties at their mean rank.</summary>
    /// <param name="first">Numbers.</param>
    /// <param name="second">As many numbers.</param>
    /// <returns>From -1 to 1; null where there are fewer than three pairs, or one list is constant.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or one holds NaN, which has no rank.</exception>
    /// <remarks>Spearman (1904).</remarks>
    public static double? Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
            throw new ArgumentException($"expected as many numbers as the {first.Count} of the first list; got {second.Count}", nameof(second));
        RequireNumbers(first, nameof(first));
        RequireNumbers(second, nameof(second));
        if (first.Count < 3)
            return null;
        double[] left = Ranks(first), right = Ranks(second);
        double mean = (first.Count + 1) / 2.0;
        double product = 0, leftSquare = 0, rightSquare = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (left[i] - mean) * (right[i] - mean);
            leftSquare += (left[i] - mean) * (left[i] - mean);
            rightSquare += (right[i] - mean) * (right[i] - mean);
        }
        return leftSquare == 0 || rightSquare == 0 ? null : product / Math.Sqrt(leftSquare * rightSquare);
    }

    private static void RequireNumbers(IReadOnlyList<double> values, string name)
    {
        int wrong = Array.FindIndex([.. values], double.IsNaN);
        if (wrong >= 0)
            throw new ArgumentException($"expected numbers, which have ranks; got NaN at {wrong}", name);
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return [.. values.Select(value => (Array.IndexOf(sorted, value) + Array.LastIndexOf(sorted, value)) / 2.0 + 1)];
    }
}
