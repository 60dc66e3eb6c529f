namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/revival</c>: units are killed, the network trains on, and the awake are counted.</summary>
/// <remarks>
/// A dead ReLU has no task gradient. The Gram penalty couples its row of weights to the others and moves it all the same: that is how it may wake. A unit that
/// is dead by its bias
/// is the control, since no method here but ReDo touches that bias.
/// </remarks>
internal sealed class RevivalExperiment : Experiment<RevivalSettings>
{
    public override string Paper => "isometry";

    public override string Name => "revival";

    public override string Summary => "Units are killed and the network trains on: how many wake, under AdamW, AdamO and others?";

    protected override RevivalSettings Short => new();

    protected override RevivalSettings Full => new() { Width = 512, Examples = 10000, Steps = 10000, CountEvery = 250, Seeds = 5 };

    protected override IReadOnlyList<ExperimentCell> Cells(RevivalSettings settings)
    {
        return
        [
            .. from death in settings.Deaths
               from method in settings.Methods
               from seed in Enumerable.Range(0, settings.Seeds)
               select new ExperimentCell(KeyOf(death, method.Name, seed), context => Run(settings, death, method, seed, context)),
        ];
    }

    protected override Findings Conclude(RevivalSettings settings, CellResults results)
    {
        var rows = new List<IReadOnlyList<string>>();
        var headline = new List<string>();
        var plots = new List<LinePlot>();
        foreach (string death in settings.Deaths)
        {
            var lines = new List<PlotLine>();
            foreach (var method in settings.Methods)
            {
                var runs = results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => KeyOf(death, method.Name, seed)));
                if (runs.Count == 0)
                    continue;
                var awake = MedianOf(runs, run => run.Numbers("awake")[^1]);
                rows.Add([$"by {death}", method.Title, Percent(awake), Percent(MedianOf(runs, run => run.Number("accuracy")))]);
                if (death == "weights")
                    headline.Add($"{method.Title} {Percent(awake)}");
                double[] steps = runs[0].Numbers("steps");
                Interval[] at = [.. Enumerable.Range(0, steps.Length).Select(i => MedianOf(runs, run => run.Numbers("awake")[i]))];
                lines.Add(new PlotLine(method.Title, steps, [.. at.Select(i => i.Estimate)]) { Low = [.. at.Select(i => i.Low)], High = [.. at.Select(i => i.High)] });
            }

            plots.Add(new LinePlot($"Units killed by their {death}", "step", "share awake", lines));
        }

        return new Findings(
            $"Awake after {settings.Steps} steps, of the units killed by their weights: {string.Join("; ", headline)}.",
            [
                new FindingSection("Awake units", $"In every hidden layer but the first, {100 * settings.Share:F0}% of the units are killed before training: by weights, which become negative, so that the non-negative "
                    + "activations below give nothing; or by a bias of -50. A unit is awake when it is positive on at least one training picture. The learning rate is the same for all. Medians over seeds with 95% bootstrap intervals.")
                {
                    Table = new FindingTable(["killed", "method", "awake", "training accuracy"], rows),
                    Plots = plots,
                },
            ]);
    }

    internal static string KeyOf(string death, string method, int seed) => FormattableString.Invariant($"{death}/{method}/seed={seed}");

    private static JsonObject Run(RevivalSettings settings, string death, MethodAtStrength method, int seed, CellContext context)
    {
        var samples = PictureSamples.Load(settings.ForNetwork(), new Philox((ulong)seed).Split("pictures"));
        var (steps, awake, accuracy) = RevivalRun.Run(settings, method.Method, method.Strength, byBias: death == "bias", seed, samples, context);
        return new JsonObject { ["steps"] = CellResult.Json(steps), ["awake"] = CellResult.Json(awake), ["accuracy"] = accuracy };
    }

    private static Interval MedianOf(IEnumerable<CellResult> runs, Func<CellResult, double> number) =>
        Bootstrap.MedianOrNaN([.. runs.Select(number)], new Philox(0));

    private static string Percent(Interval value) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * value.Estimate:F1}% [{100 * value.Low:F1}, {100 * value.High:F1}]");
}
