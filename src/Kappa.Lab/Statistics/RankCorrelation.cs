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
        for (int i = 0; i < values.Count; i++)
        {
            if (double.IsNaN(values[i]))
                throw new ArgumentException($"expected numbers, which have ranks; got NaN at {i}", name);
        }
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        double[] ranks = new double[values.Count];
        for (int start = 0; start < order.Length;)
        {
            int end = start;
            while (end + 1 < order.Length && values[order[end + 1]] == values[order[start]])
                end++;
            for (int i = start; i <= end; i++)
                ranks[order[i]] = (start + end) / 2.0 + 1;
            start = end + 1;
        }
        return ranks;
    }
}
