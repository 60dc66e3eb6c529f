using Kappa.Randomness;

namespace Kappa.Lab.Statistics;

/// <summary>Percentile bootstrap intervals (Efron, 1979).</summary>
public static class Bootstrap
{
    private const int Resamples = 2000;
    private const double Confidence = 0.95;

    /// <summary>The median and its 95% interval.</summary>
    /// <param name="values">Independent observations, one for each seed; not empty, none NaN, infinities of one sign at most.</param>
    /// <param name="generator">The source of the resamples; does not advance, so equal values have equal intervals.</param>
    /// <returns>The median of the values and the 2.5% and 97.5% quantiles of the medians of 2,000 resamples.</returns>
    /// <remarks>With few values the interval is about the whole range: with 5, (min, max) covers the median of the population in 94 of 100 cases.</remarks>
    public static Interval Median(IReadOnlyList<double> values, Philox generator) => Of(values, generator, MedianOf);

    /// <summary>As <see cref="Median"/>, but NaN throughout where one value is NaN: a run that diverged is neither left out nor averaged in.</summary>
    internal static Interval MedianOrNaN(IReadOnlyList<double> values, Philox generator) =>
        values.Any(double.IsNaN) ? new Interval(double.NaN, double.NaN, double.NaN) : Median(values, generator);

    /// <summary>The mean and its 95% interval.</summary>
    /// <inheritdoc cref="Median"/>
    public static Interval Mean(IReadOnlyList<double> values, Philox generator) => Of(values, generator, MeanOf);

    internal static double MedianOf(ReadOnlySpan<double> values)
    {
        RequireNumbers(values, nameof(values));
        var sorted = values.ToArray();
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : Average(sorted[middle - 1], sorted[middle]);
    }

    private static double MeanOf(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum / values.Length;
    }

    private static Interval Of(IReadOnlyList<double> values, Philox generator, Statistic statistic)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(generator);
        if (values.Count == 0)
            throw new ArgumentException("expected at least one value; got none", nameof(values));
        double[] observed = [.. values];
        RequireNumbers(observed, nameof(values));
        // A generator of its own for each call: an interval does not depend on which others were computed before it.
        var source = generator.Split("bootstrap");
        double[] resample = new double[observed.Length], statistics = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < resample.Length; j++)
                resample[j] = observed[source.NextInt32(observed.Length)];
            statistics[i] = statistic(resample);
        }
        Array.Sort(statistics);
        return new Interval(statistic(observed), Quantile(statistics, (1 - Confidence) / 2), Quantile(statistics, (1 + Confidence) / 2));
    }

    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        double weight = position - below;
        double low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return low == high || weight == 0 ? low
            : double.IsInfinity(low) || double.IsInfinity(high) ? (weight < 0.5 ? low : high)
            : low + weight * (high - low);
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

    // Infinite values are allowed, and inf - inf is not.
    private static double Average(double low, double high) => low == high ? low : low / 2 + high / 2;

    private delegate double Statistic(ReadOnlySpan<double> values);
}
