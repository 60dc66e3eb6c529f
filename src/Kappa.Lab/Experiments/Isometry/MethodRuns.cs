namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The finished runs of a method, one for each seed, and what they say together: medians with 95% bootstrap intervals.</summary>
internal sealed record MethodRuns(ContinualMethod Method, IReadOnlyList<CellResult> Results)
{
    /// <summary>A cell for each method and seed.</summary>
    internal static IReadOnlyList<ExperimentCell> Cells(
        IEnumerable<ContinualMethod> methods, int seeds, Func<ContinualMethod, int, CellContext, JsonObject> run, string prefix = "") =>
    [
        .. from method in methods
           from seed in Enumerable.Range(0, seeds)
           select new ExperimentCell(KeyOf(prefix, method, seed), context => run(method, seed, context)),
    ];

    /// <summary>The methods of which a run is finished.</summary>
    internal static MethodRuns[] Of(IEnumerable<ContinualMethod> methods, int seeds, CellResults results, string prefix = "") =>
    [
        .. methods.Select(method => new MethodRuns(method, results.Of(Enumerable.Range(0, seeds).Select(seed => KeyOf(prefix, method, seed)))))
            .Where(runs => runs.Results.Count > 0),
    ];

    internal Interval Median(Func<CellResult, double> number) => Bootstrap.MedianOrNaN([.. Results.Select(number)], new Philox(0));

    /// <summary>A series of numbers over what it was measured at; by default tasks, from 1.</summary>
    internal PlotLine Line(string name, double[]? at = null)
    {
        double[][] values = [.. Results.Select(result => result.Numbers(name))];
        int count = at?.Length ?? values.Min(series => series.Length);
        Interval[] intervals = [.. Enumerable.Range(0, count).Select(i => Bootstrap.MedianOrNaN([.. values.Select(series => series[i])], new Philox(0)))];
        return new PlotLine(Method.Title, at ?? [.. Enumerable.Range(1, count).Select(task => (double)task)], [.. intervals.Select(i => i.Estimate)])
        {
            Low = [.. intervals.Select(i => i.Low)],
            High = [.. intervals.Select(i => i.High)],
        };
    }

    /// <summary>How the network stands at the end, a cell for each of <see cref="NetworkDiagnosis.Numbers"/>.</summary>
    internal IEnumerable<string> Diagnosis() =>
        NetworkDiagnosis.Numbers.Select(number => Plain(Median(result => result.Numbers(number.Name).LastOrDefault(double.NaN))));

    /// <summary>Which runs did not stay finite, where one did not.</summary>
    /// <param name="all">The runs.</param>
    /// <param name="unit">What did not: <c>task</c> or <c>world</c>.</param>
    /// <param name="note">What became of them; may be empty.</param>
    internal static IEnumerable<FindingSection> Failures(IEnumerable<MethodRuns> all, string unit, string note = "")
    {
        string plural = $"{char.ToUpperInvariant(unit[0])}{unit[1..]}s";
        var lines =
            from result in all.SelectMany(runs => runs.Results)
            let failed = result.Numbers($"nonFinite{plural}")
            where failed.Length > 0
            select $"{result.Key}: not finite in {unit} {string.Join(", ", failed)}. First: {result.Value["firstFailure"]}";
        string text = string.Join("\n\n", lines);
        return text.Length == 0 ? [] : [new FindingSection($"{plural} that did not stay finite", note + text)];
    }

    internal static string Percent(Interval value) => FormattableString.Invariant($"{100 * value.Estimate:F1}% [{100 * value.Low:F1}, {100 * value.High:F1}]");

    internal static string Plain(Interval value) => FormattableString.Invariant($"{value.Estimate:G3} [{value.Low:G3}, {value.High:G3}]");

    internal static string Plain(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string KeyOf(string prefix, ContinualMethod method, int seed) => FormattableString.Invariant($"{prefix}{method.Name}/seed={seed}");
}
