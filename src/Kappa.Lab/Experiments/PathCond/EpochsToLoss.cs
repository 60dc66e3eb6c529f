namespace Kappa.Lab.Experiments.PathCond;

/// <summary>How many epochs a method takes to reach the best loss that the plain network reaches, from the same initial function, learning rate and order of
/// examples.</summary>
internal static class EpochsToLoss
{
    /// <summary>The plain network's epochs to its own best loss, divided by the other's epochs to it.</summary>
    /// <param name="plain">The plain network's losses.</param>
    /// <param name="other">The other's.</param>
    /// <returns>Above 1 where the other is faster; 0 where it never gets there; NaN where the plain network has no finite loss.</returns>
    internal static double Speedup(double[] plain, double[] other)
    {
        int best = -1;
        for (int epoch = 0; epoch < plain.Length; epoch++)
        {
            if (double.IsFinite(plain[epoch]) && (best < 0 || plain[epoch] < plain[best]))
                best = epoch;
        }
        if (best < 0)
            return double.NaN;
        int reached = Array.FindIndex(other, loss => loss <= plain[best]);
        return reached < 0 ? 0 : (best + 1.0) / (reached + 1.0);
    }

    /// <summary>The plain network's epochs to a loss that both reach, the worse of the two best ones, divided by the other's epochs to it.</summary>
    /// <param name="plain">The plain network's losses.</param>
    /// <param name="other">The other's.</param>
    /// <returns>Above 1 where the other is faster; NaN where one has no finite loss. The inverse where the two are swapped.</returns>
    internal static double ToCommonLoss(double[] plain, double[] other)
    {
        double target = Math.Max(Least(plain), Least(other));
        return double.IsFinite(target)
            ? (Array.FindIndex(plain, loss => loss <= target) + 1.0) / (Array.FindIndex(other, loss => loss <= target) + 1.0)
            : double.NaN;
    }

    /// <summary>A row of a table: the medians over pairs with their intervals, and how many never got there.</summary>
    /// <param name="labels">The first cells.</param>
    /// <param name="pairs">Losses of the plain network and of the other one.</param>
    internal static IReadOnlyList<string> Row(IReadOnlyList<string> labels, IReadOnlyList<(double[] Plain, double[] Other)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        double[] known = [.. pairs.Select(pair => Speedup(pair.Plain, pair.Other)).Where(double.IsFinite)];
        double[] common = [.. pairs.Select(pair => ToCommonLoss(pair.Plain, pair.Other)).Where(double.IsFinite)];
        return
        [
            .. labels,
            known.Length == 0 ? "–" : Figures.Short(Bootstrap.Median(known, Summarizer.Generator)),
            common.Length == 0 ? "–" : Figures.Short(Bootstrap.Median(common, Summarizer.Generator)),
            $"{known.Count(speedup => speedup > 1)} / {known.Count(speedup => speedup == 1)} / {known.Count(speedup => speedup < 1)}",
            $"{known.Count(speedup => speedup == 0)}",
        ];
    }

    /// <summary>The headings of <see cref="Row"/>.</summary>
    internal static IReadOnlyList<string> Columns(params string[] labels) =>
        [.. labels, "to plain's best loss", "to a loss both reach", "faster / equal / slower", "never reached"];

    private static double Least(double[] losses) => losses.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();
}
