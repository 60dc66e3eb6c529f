namespace Kappa.Lab.Statistics;

/// <summary>Percentile bootstrap intervals (Efron, 1979).</summary>
public static class Bootstrap
{
    /// <summary>The median and its 95% interval.</summary>
    /// <param name="values">Independent observations, one for each seed; not empty, none NaN, infinities of one sign at most.</param>
    /// <param name="generator">The source of the resamples; does not advance, so equal values have equal intervals.</param>
    /// <returns>The median of the values and the 2.5% and 97.5% quantiles of the medians of 2,000 resamples.</returns>
    /// <remarks>With few values the interval is about the whole range: with 5, (min, max) covers the median of the population in 94 of 100 cases.</remarks>
    public static Interval Median(IReadOnlyList<double> values, Philox generator) => Of(generator).Median(values);

    /// <summary>As <see cref="Median"/>, but NaN throughout where one value is NaN: a run that diverged is neither left out nor averaged in.</summary>
    internal static Interval MedianOrNaN(IReadOnlyList<double> values, Philox generator) => Of(generator).MedianOrNaN(values);

    /// <summary>The mean and its 95% interval.</summary>
    /// <inheritdoc cref="Median"/>
    public static Interval Mean(IReadOnlyList<double> values, Philox generator) => Of(generator).Mean(values);

    internal static double MedianOf(ReadOnlySpan<double> values)
    {
        RequireNumbers(values, nameof(values));
        var sorted = values.ToArray();
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : Average(sorted[middle - 1], sorted[middle]);
    }

    /// <summary>The mean of two numbers: infinite ones are allowed, and inf - inf is not.</summary>
    internal static double Average(double low, double high) => low == high ? low : low / 2 + high / 2;

    /// <summary>A copy of observations that have a median and a mean.</summary>
    internal static double[] Checked(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            throw new ArgumentException("expected at least one value; got none", nameof(values));
        double[] observed = [.. values];
        RequireNumbers(observed, nameof(values));
        return observed;
    }

    private static Resampling Of(Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new Resampling(generator);
    }

    /// <summary>NaN has no rank, and infinities of both signs have no mean.</summary>
    private static void RequireNumbers(ReadOnlySpan<double> values, string name)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                throw new ArgumentException($"expected numbers; got NaN at {i}", name);
        }

        if (values.Contains(double.PositiveInfinity) && values.Contains(double.NegativeInfinity))
            throw new ArgumentException("expected infinities of one sign at most; got both, which have no mean", name);
    }
}
