namespace Kappa.Lab.Statistics;

/// <summary>Rank correlations: Spearman's and Kendall's.</summary>
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

    /// <summary>Kendall's tau-b with its 95% bootstrap interval over the pairs: in how many more of all couples of pairs the two lists agree on the order than
    /// not.</summary>
    /// <param name="first">Numbers.</param>
    /// <param name="second">As many numbers.</param>
    /// <param name="resampling">The source of the resamples.</param>
    /// <returns>From -1 to 1; null where there are fewer than three pairs, or one list is constant.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or one holds NaN, which has no rank.</exception>
    /// <remarks>(C - D) / sqrt((C + D + ties of the first) (C + D + ties of the second)), Kendall (1945). Resamples in which one list is constant, where there
    /// is none, are left out.</remarks>
    internal static Interval? Kendall(IReadOnlyList<double> first, IReadOnlyList<double> second, Bootstrap resampling)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"expected as many numbers as the {first.Count} of the first list; got {second.Count}", nameof(second));
        RequireNumbers(first, nameof(first));
        RequireNumbers(second, nameof(second));
        int count = first.Count;
        if (count < 3)
            return null;
        // 1 where a pair comes before the other, -1 behind it, 0 for a tie; once for all resamples.
        sbyte[] left = Orders(first), right = Orders(second);
        return resampling.Statistic(count, draw =>
        {
            long difference = 0, leftCouples = 0, rightCouples = 0;
            for (int i = 1; i < count; i++)
            {
                int row = draw[i] * count;
                for (int j = 0; j < i; j++)
                {
                    int place = row + draw[j], one = left[place], other = right[place];
                    difference += one * other;
                    leftCouples += one * one;
                    rightCouples += other * other;
                }
            }
            return leftCouples == 0 || rightCouples == 0 ? null : difference / Math.Sqrt((double)leftCouples * rightCouples);
        });
    }

    private static sbyte[] Orders(IReadOnlyList<double> values)
    {
        int count = values.Count;
        sbyte[] orders = new sbyte[count * count];
        for (int i = 0; i < orders.Length; i++)
            orders[i] = (sbyte)values[i / count].CompareTo(values[i % count]);
        return orders;
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
