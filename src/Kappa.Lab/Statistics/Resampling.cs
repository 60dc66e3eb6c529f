namespace Kappa.Lab.Statistics;

/// <summary>The resamples of a bootstrap, drawn once for each number of observations: a report has many intervals of few numbers.</summary>
/// <param name="generator">The source of the resamples; does not advance, so equal values have equal intervals.</param>
internal sealed class Resampling(Philox generator)
{
    private const int Resamples = 2000;
    private const double Confidence = 0.95;

    private readonly Dictionary<int, int[]> _draws = [];

    /// <summary>The median of the values and the 2.5% and 97.5% quantiles of the medians of 2,000 resamples.</summary>
    internal Interval Median(IReadOnlyList<double> values)
    {
        double[] observed = Bootstrap.Checked(values);
        int count = observed.Length, half = (count - 1) / 2;
        int[] draws = Draws(count);
        // Of ranks the middle is found by counting, and nothing is sorted 2,000 times.
        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => observed[i])], ranks = new int[count];
        for (int i = 0; i < count; i++)
            ranks[order[i]] = i;
        double[] medians = new double[Resamples];
        int[] counts = new int[count];
        for (int i = 0; i < Resamples; i++)
        {
            Array.Clear(counts);
            foreach (int draw in draws.AsSpan(i * count, count))
                counts[ranks[draw]]++;
            int low = 0, seen = counts[0];
            while (seen <= half)
                seen += counts[++low];
            int high = low;
            while (count % 2 == 0 && seen <= half + 1)
                seen += counts[++high];
            medians[i] = Bootstrap.Average(observed[order[low]], observed[order[high]]);
        }

        return Between(Bootstrap.MedianOf(observed), medians);
    }

    /// <summary>As <see cref="Median"/>, but NaN throughout where one value is NaN: a run that diverged is neither left out nor averaged in.</summary>
    internal Interval MedianOrNaN(IReadOnlyList<double> values) => values.Any(double.IsNaN) ? new Interval(double.NaN, double.NaN, double.NaN) : Median(values);

    /// <summary>The mean of the values and the 2.5% and 97.5% quantiles of the means of 2,000 resamples.</summary>
    internal Interval Mean(IReadOnlyList<double> values)
    {
        double[] observed = Bootstrap.Checked(values);
        int[] draws = Draws(observed.Length);
        double[] means = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            double sum = 0;
            foreach (int draw in draws.AsSpan(i * observed.Length, observed.Length))
                sum += observed[draw];
            means[i] = sum / observed.Length;
        }

        double total = 0;
        foreach (double value in observed)
            total += value;
        return Between(total / observed.Length, means);
    }

    private int[] Draws(int count)
    {
        if (_draws.TryGetValue(count, out int[]? draws))
            return draws;
        // A generator of its own for each number: an interval does not depend on which others were computed before it.
        var source = generator.Split("bootstrap");
        draws = new int[Resamples * count];
        for (int i = 0; i < draws.Length; i++)
            draws[i] = source.NextInt32(count);
        return _draws[count] = draws;
    }

    private static Interval Between(double estimate, double[] statistics)
    {
        Array.Sort(statistics);
        return new Interval(estimate, Quantile(statistics, (1 - Confidence) / 2), Quantile(statistics, (1 + Confidence) / 2));
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
}
