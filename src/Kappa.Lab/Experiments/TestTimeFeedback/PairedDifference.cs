namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A method beside its reference, seed by seed.</summary>
/// <param name="Method">The method.</param>
/// <param name="Reference">What it is held against.</param>
/// <param name="Difference">Median of the differences, method minus reference, with its interval; null where no pair is there.</param>
/// <param name="Seeds">Differences that there are.</param>
/// <param name="Scale">What 5% are taken of: the median of the reference, without its sign; of shares 1.</param>
/// <param name="Lost">Seeds at which one of the two diverged; they have no difference.</param>
/// <param name="HigherIsBetter">Whether a larger figure is better.</param>
internal sealed record PairedDifference(
    MethodResult Method, MethodResult Reference, Interval? Difference, int Seeds, double Scale, int Lost, bool HigherIsBetter)
{
    /// <summary>The share of the scale below which an effect counts as none.</summary>
    internal const double Small = 0.05;

    private const double MostSeeds = 10_000;

    /// <summary>What the interval says: an effect told, one excluded within 5%, or neither, with the seeds that would be expected to settle it.</summary>
    internal string Verdict
    {
        get
        {
            if (Difference is not { } found)
                return "open: no seed at which both stayed finite";
            bool isSmall = Math.Max(Math.Abs(found.Low), Math.Abs(found.High)) <= Small * Scale;
            string verdict = found.Low > 0 || found.High < 0
                ? $"told: {(found.Low > 0 == HigherIsBetter ? "better" : "worse")}{(isSmall ? ", by less than 5%" : "")}"
                : isSmall ? "excluded within 5%" : $"open{Outlook(found)}";
            return Lost == 0 ? verdict : $"{verdict} ({Lost} seeds diverged)";
        }
    }

    /// <summary>The number of seeds at which an open effect is expected to be told or excluded, were the median to stay and each side of the interval to shrink
    /// with the root of the number: an estimate from the spread that these seeds have. Infinite where no number does.</summary>
    internal double SeedsToSettle(Interval found)
    {
        double above = found.High - found.Estimate, below = found.Estimate - found.Low, limit = Small * Scale, size = Math.Abs(found.Estimate);
        double told = size > 0 ? (found.Estimate > 0 ? below : above) / size : double.PositiveInfinity;
        double excluded = size < limit ? Math.Max(above / (limit - found.Estimate), below / (limit + found.Estimate)) : double.PositiveInfinity;
        double factor = Math.Min(told, excluded);
        return Math.Max(Seeds + 1, Math.Ceiling(Seeds * factor * factor));
    }

    private string Outlook(Interval found) => SeedsToSettle(found) switch
    {
        double.PositiveInfinity or double.NaN => "",
        > MostSeeds => Figures.Say($"; more than {MostSeeds:N0} seeds expected to settle it"),
        var seeds => Figures.Say($"; about {seeds:N0} seeds expected to settle it"),
    };

    /// <summary>The deployed metric of every method that has a reference, beside it.</summary>
    /// <param name="results">The results of the setting.</param>
    /// <param name="resampling">The source of the resamples.</param>
    internal static IReadOnlyList<PairedDifference> OfMetric(SettingResults results, Bootstrap resampling)
    {
        var pairs = Of(results, run => run.Metric, results.Facts.HigherIsBetter, resampling);
        return results.Facts.IsShare ? [.. pairs.Select(pair => pair with { Scale = 1 })] : pairs;
    }

    /// <summary>Every method that has a reference beside it.</summary>
    /// <param name="results">The results of the setting.</param>
    /// <param name="figure">What is compared; null where a run diverged.</param>
    /// <param name="higherIsBetter">Whether a larger one is better.</param>
    /// <param name="resampling">The source of the resamples.</param>
    internal static IReadOnlyList<PairedDifference> Of(
        SettingResults results, Func<FeedbackRun, double?> figure, bool higherIsBetter, Bootstrap resampling)
    {
        var pairs = new List<PairedDifference>();
        foreach (var method in results.Methods.Where(method => method.Method.Reference is not null))
        {
            if (results.Methods.FirstOrDefault(other => other.Method.Title == method.Method.Reference) is not { } reference)
                continue;
            var both = method.ByMetric.Join(reference.ByMetric, run => run.Seed, run => run.Seed, (one, other) => (figure(one), figure(other))).ToArray();
            double[] differences = [.. from pair in both where pair is (not null, not null) select pair.Item1!.Value - pair.Item2!.Value];
            double[] scales = [.. from pair in both where pair.Item2 is not null select pair.Item2!.Value];
            pairs.Add(new PairedDifference(
                method, reference, differences.Length == 0 ? null : resampling.Median(differences), differences.Length,
                scales.Length == 0 ? 0 : Math.Abs(Bootstrap.MedianOf(scales)), both.Length - differences.Length, higherIsBetter));
        }
        return pairs;
    }
}
