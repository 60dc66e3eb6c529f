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
        var pairs = Ranked(first, second);
        return pairs.Count < 3 ? null : resampling.Statistic(pairs.Count, draw => pairs.Of(draw).Tau);
    }

    /// <summary>Kendall's tau-b of several groups together, over the couples within a group alone: numbers of two groups are never compared. With its 95%
    /// bootstrap interval, which resamples the pairs of each group by themselves.</summary>
    /// <param name="groups">Two lists of numbers each; a group counts by its couples, so by the square of its size.</param>
    /// <param name="resampling">The source of the resamples.</param>
    /// <returns>From -1 to 1; null where no group has three pairs, or one of the lists is constant in all.</returns>
    /// <exception cref="ArgumentException">The lists of a group differ in length, or one holds NaN, which has no rank.</exception>
    internal static Interval? KendallWithin(IReadOnlyList<(IReadOnlyList<double> First, IReadOnlyList<double> Second)> groups, Bootstrap resampling) =>
        Stratified(groups, resampling, counted => counted.Aggregate(default(KendallCouples), (sum, one) => sum + one).Tau);

    /// <summary>The mean of Kendall's tau-b over groups, each counting alike, with its 95% bootstrap interval: the pairs of each group are resampled, the
    /// groups stay.</summary>
    /// <param name="groups">Two lists of numbers each; one of fewer than three pairs, or of which a list is constant, has no tau and does not count.</param>
    /// <param name="resampling">The source of the resamples; one in which a group has lost its tau is left out.</param>
    /// <returns>From -1 to 1; null where no group has a tau.</returns>
    /// <exception cref="ArgumentException">The lists of a group differ in length, or one holds NaN, which has no rank.</exception>
    internal static Interval? KendallMean(IReadOnlyList<(IReadOnlyList<double> First, IReadOnlyList<double> Second)> groups, Bootstrap resampling) =>
        Stratified(groups, resampling, counted => counted.All(one => one.Tau is not null) ? counted.Average(one => one.Tau!.Value) : null);

    private static Interval? Stratified(
        IReadOnlyList<(IReadOnlyList<double> First, IReadOnlyList<double> Second)> groups, Bootstrap resampling, Func<KendallCouples[], double?> of)
    {
        RankedPairs[] ranked =
        [
            .. groups.Select(one => Ranked(one.First, one.Second))
                .Where(pairs => pairs.Count >= 3 && pairs.Of([.. Enumerable.Range(0, pairs.Count)]).Tau is not null),
        ];
        return ranked.Length == 0 ? null : resampling.Statistic(
            [.. ranked.Select(pairs => pairs.Count)], draws => of([.. ranked.Zip(draws, (pairs, draw) => pairs.Of(draw))]));
    }

    private static RankedPairs Ranked(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"expected as many numbers as the {first.Count} of the first list; got {second.Count}", nameof(second));
        RequireNumbers(first, nameof(first));
        RequireNumbers(second, nameof(second));
        return new RankedPairs(first, second);
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
