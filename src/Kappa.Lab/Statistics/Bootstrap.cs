namespace Kappa.Lab.Statistics;

/// <summary>Percentile bootstrap intervals (Efron, 1979). The resamples are drawn once for each number of observations: a report has many intervals of few
/// numbers.</summary>
/// <param name="generator">The source of the resamples; does not advance, so equal values have equal intervals.</param>
public sealed class Bootstrap(Philox generator)
{
    private const int Resamples = 2000;
    private const double Confidence = 0.95;

    private readonly Philox _generator = generator ?? throw new ArgumentNullException(nameof(generator));
    private readonly Dictionary<(int Count, int Stratum), int[]> _draws = [];

    /// <summary>The median and its 95% interval.</summary>
    /// <param name="values">Independent observations, one for each seed; not empty, none NaN, infinities of one sign at most.</param>
    /// <param name="generator">The source of the resamples; does not advance, so equal values have equal intervals.</param>
    /// <returns>The median of the values and the 2.5% and 97.5% quantiles of the medians of 2,000 resamples.</returns>
    /// <remarks>With few values the interval is about the whole range: with 5, (min, max) covers the median of the population in 94 of 100 cases.</remarks>
    public static Interval Median(IReadOnlyList<double> values, Philox generator) => new Bootstrap(generator).Median(values);

    /// <summary>As <see cref="Median(IReadOnlyList{double}, Philox)"/>, but NaN throughout where one value is NaN: a run that diverged is neither left out nor
    /// averaged in.</summary>
    internal static Interval MedianOrNaN(IReadOnlyList<double> values, Philox generator) => new Bootstrap(generator).MedianOrNaN(values);

    /// <summary>The mean and its 95% interval.</summary>
    /// <inheritdoc cref="Median(IReadOnlyList{double}, Philox)"/>
    public static Interval Mean(IReadOnlyList<double> values, Philox generator) => new Bootstrap(generator).Mean(values);

    internal Interval Median(IReadOnlyList<double> values)
    {
        double[] observed = Checked(values);
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
            medians[i] = Average(observed[order[low]], observed[order[high]]);
        }

        return Between(MedianOf(observed), medians);
    }

    internal Interval MedianOrNaN(IReadOnlyList<double> values) => values.Any(double.IsNaN) ? new Interval(double.NaN, double.NaN, double.NaN) : Median(values);

    internal Interval Mean(IReadOnlyList<double> values)
    {
        double[] observed = Checked(values);
        int[] draws = Draws(observed.Length);
        double[] means = new double[Resamples];
        for (int i = 0; i < Resamples; i++)
        {
            double sum = 0;
            foreach (int draw in draws.AsSpan(i * observed.Length, observed.Length))
                sum += observed[draw];
            means[i] = sum / observed.Length;
        }

        return Between(observed.Sum() / observed.Length, means);
    }

    /// <summary>Any statistic of so many observations and its 95% interval; null where it is undefined for the observations themselves. Resamples for which it
    /// is
    /// undefined are left out.</summary>
    /// <param name="count">Observations.</param>
    /// <param name="of">The statistic of observations, which come by their numbers; null where it is undefined.</param>
    internal Interval? Statistic(int count, Func<ReadOnlySpan<int>, double?> of)
    {
        int[] all = [.. Enumerable.Range(0, count)], draws = Draws(count);
        if (of(all) is not { } estimate)
            return null;
        var found = new List<double>(Resamples);
        for (int i = 0; i < Resamples; i++)
        {
            if (of(draws.AsSpan(i * count, count)) is { } one)
                found.Add(one);
        }
        return found.Count == 0 ? null : Between(estimate, [.. found]);
    }

    /// <summary>As <see cref="Statistic(int, Func{ReadOnlySpan{int}, double?})"/> of observations in several strata: each is resampled by itself.</summary>
    /// <param name="counts">Observations of each stratum.</param>
    /// <param name="of">The statistic of the observations of each stratum, which come by their numbers in it.</param>
    internal Interval? Statistic(IReadOnlyList<int> counts, Func<int[][], double?> of)
    {
        if (of([.. counts.Select(count => Enumerable.Range(0, count).ToArray())]) is not { } estimate)
            return null;
        int[][] draws = [.. counts.Select((count, stratum) => Draws(count, stratum))];
        var found = new List<double>(Resamples);
        for (int i = 0; i < Resamples; i++)
        {
            if (of([.. counts.Select((count, stratum) => draws[stratum].AsSpan(i * count, count).ToArray())]) is { } one)
                found.Add(one);
        }
        return found.Count == 0 ? null : Between(estimate, [.. found]);
    }

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

    private int[] Draws(int count) => Draws(count, 0);

    private int[] Draws(int count, int stratum)
    {
        if (_draws.TryGetValue((count, stratum), out int[]? draws))
            return draws;
        // A generator of its own for each number: an interval does not depend on which others were computed before it. Strata of one size differ.
        var source = _generator.Split("bootstrap");
        if (stratum > 0)
            source = source.Split(stratum);
        draws = new int[Resamples * count];
        for (int i = 0; i < draws.Length; i++)
            draws[i] = source.NextInt32(count);
        return _draws[(count, stratum)] = draws;
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
