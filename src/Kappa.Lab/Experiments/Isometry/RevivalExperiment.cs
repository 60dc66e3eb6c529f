namespace Kappa.Lab.Experiments.Isometry;

/// <summary><c>isometry/revival</c>: units are killed, the network trains on, and the awake are counted.</summary>
/// <remarks>A dead ReLU has no task gradient. The Gram penalty couples its row of weights to the others and moves it all the same: that is how it may wake. A
/// unit that is dead by its bias is the control, since no method here but ReDo touches that bias.</remarks>
internal sealed class RevivalExperiment : Experiment<RevivalSettings>
{
    public override string Paper => "isometry";

    public override bool ComputesOnDevices => true;

    public override string Name => "revival";

    public override string Summary => "Units are killed and the network trains on: how many wake, under AdamW, AdamO and others?";

    protected override RevivalSettings Short => new();

    protected override RevivalSettings Full => new() { Width = 512, Examples = 10000, Steps = 10000, CountEvery = 250, Seeds = 5 };

    protected override IReadOnlyList<ExperimentCell> Cells(RevivalSettings settings) =>
    [
        .. settings.Deaths.SelectMany(death => MethodRuns.Cells(
            settings.Methods, settings.Seeds, (method, seed, context) => Run(settings, death, method, seed, context), $"{death}/")),
    ];

    protected override Findings Conclude(RevivalSettings settings, CellResults results)
    {
        var deaths = settings.Deaths.Select(death => (By: death, Methods: MethodRuns.Of(settings.Methods, settings.Seeds, results, $"{death}/"))).ToArray();
        string Awake(MethodRuns runs) => MethodRuns.Percent(runs.Median(run => run.Numbers("awake")[^1]));
        var headline = deaths.Where(death => death.By == "weights").SelectMany(death => death.Methods.Select(runs => $"{runs.Method.Title} {Awake(runs)}"));
        return new Findings(
            $"Awake after {settings.Steps} steps, of the units killed by their weights: {string.Join("; ", headline)}.",
            [
                new FindingSection(
                    "Awake units",
                    $"In every hidden layer but the first, {100 * settings.Share:F0}% of the units are killed before training: by weights, which become "
                    + "negative, so that the non-negative activations below give nothing; or by a bias of -50. A unit is awake when it is positive on at "
                    + "least one training picture. The learning rate is the same for all. Medians over seeds with 95% bootstrap intervals.")
                {
                    Table = new FindingTable(
                        ["killed", "method", "awake", "training accuracy"],
                        [
                            .. from death in deaths
                               from runs in death.Methods
                               select (string[])
                                   [$"by {death.By}", runs.Method.Title, Awake(runs), MethodRuns.Percent(runs.Median(run => run.Number("accuracy")))],
                        ]),
                    Plots =
                    [
                        .. deaths.Select(death => new LinePlot(
                            $"Units killed by their {death.By}", "step", "share awake",
                            [.. death.Methods.Select(runs => runs.Line("awake", runs.Results[0].Numbers("steps")))])),
                    ],
                },
            ]);
    }

    private static JsonObject Run(RevivalSettings settings, string death, ContinualMethod method, int seed, CellContext context)
    {
        var samples = PictureSamples.Load(settings.ForNetwork(), new Philox((ulong)seed).Split("pictures"));
        var (steps, awake, accuracy) = RevivalRun.Run(settings, method, byBias: death == "bias", seed, samples, context);
        return new JsonObject { ["steps"] = CellResult.Json(steps), ["awake"] = CellResult.Json(awake), ["accuracy"] = accuracy };
    }
}
