namespace Kappa.Lab.Statistics;

/// <summary>The effects of a two-level factorial design with every combination once for each seed.</summary>
/// <remarks>Box, Hunter and Hunter, Statistics for Experimenters, 2nd edition (2005), chapter 5: a main effect is the mean with the factor minus the mean
/// without it; the interaction of two is half of the difference between the effects of one where the other is there and where it is not.</remarks>
/// <param name="values">The observations of each combination, whose bits say which factors it has, a value for each seed in the same order; NaN where
/// there is none, which leaves the seed out.</param>
/// <param name="resampling">The source of the resamples.</param>
internal sealed class Factorial(IReadOnlyList<double[]> values, Bootstrap resampling)
{
    /// <summary>The effect of a factor, or the interaction of several: mean over seeds with its 95% interval. Null where fewer than two seeds have every
    /// combination.</summary>
    /// <param name="factors">Their bits.</param>
    internal Interval? Effect(int factors) => Mean(seed => values
        .Select((observed, combination) => Sign(combination, factors) * observed[seed]).Sum() / (values.Count / 2));

    /// <summary>What a combination has over that of no factor.</summary>
    /// <param name="combination">Its bits.</param>
    internal Interval? Over(int combination) => Mean(seed => values[combination][seed] - values[0][seed]);

    /// <summary>The sum of what each factor alone has over none.</summary>
    internal Interval? SumOfAlone() => Mean(seed => Alone(seed));

    /// <summary>What all factors together have over the sum of what each alone has: 0 where they add up.</summary>
    internal Interval? BeyondSum() => Mean(seed => values[^1][seed] - values[0][seed] - Alone(seed));

    private static int Sign(int combination, int factors) =>
        int.IsOddInteger(System.Numerics.BitOperations.PopCount((uint)(factors & ~combination))) ? -1 : 1;

    private double Alone(int seed)
    {
        double sum = 0;
        for (int factor = 1; factor < values.Count; factor <<= 1)
            sum += values[factor][seed] - values[0][seed];
        return sum;
    }

    private Interval? Mean(Func<int, double> of)
    {
        int[] whole = Whole();
        return whole.Length < 2 ? null : resampling.Mean([.. whole.Select(of)]);
    }

    private int[] Whole() => [.. Enumerable.Range(0, values[0].Length).Where(seed => values.All(observed => double.IsFinite(observed[seed])))];
}
