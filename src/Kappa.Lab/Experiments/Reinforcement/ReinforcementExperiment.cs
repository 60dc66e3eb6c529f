namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary><c>isometry/reinforcement</c>: PPO on a crawler whose ground or gravity changes every so often.</summary>
internal sealed class ReinforcementExperiment : Experiment<ReinforcementSettings>
{
    public override string Paper => "isometry";

    public override string Name => "reinforcement";

    public override string Summary => "PPO on a crawling robot whose friction or gravity changes every so often: AdamW, AdamO and two remedies.";

    public override string? Unavailable => MujocoLibrary.IsAvailable ? null : MujocoLibrary.UnavailableReason;

    protected override ReinforcementSettings Short => new();

    protected override ReinforcementSettings Full => new()
    {
        Worlds = 40, Iterations = 150, Width = 256, TuningWorlds = 10, LearningRates = [1e-4, 3e-4, 1e-3], Seeds = 5, Window = 5,
        Methods = MethodAtStrengthForm.List(
            "adamw 0", "adamw 0.01", "adamo 0.001", "adamo 0.01", "adamo 0.1", "l2-init 0.0001", "redo 0.03", "layer-norm 0",
            "continual-backpropagation 0.0001"),
    };

    protected override void Prepare(ReinforcementSettings settings, CellContext context) => Sweep.Run(
        settings.Methods.SelectMany(method => Trials(settings, method)), NameOf,
        (trial, work) => MeanReturn(new CellResult("", ReinforcementRun.Run(trial, work))), context);

    protected override IReadOnlyList<ExperimentCell> Cells(ReinforcementSettings settings) =>
        MethodRuns.Cells(settings.Methods, settings.Seeds, (method, seed, context) => Run(settings, method, seed, context));

    protected override Findings Conclude(ReinforcementSettings settings, CellResults results)
    {
        var methods = MethodRuns.Of(settings.Methods, settings.Seeds, results);
        if (methods.Length == 0)
            return new Findings("No run is finished yet.", []);
        double stepsOfIteration = (double)settings.Episodes * settings.Horizon;
        double[] at = [.. Enumerable.Range(1, settings.Worlds * settings.Iterations).Select(iteration => iteration * stepsOfIteration)];
        PlotLine[] lines = [.. methods.Select(runs => runs.Line("returns", at))];
        double[] changes = [.. Enumerable.Range(1, settings.Worlds - 1).Select(world => world * settings.Iterations * stepsOfIteration)];
        double floor = lines.SelectMany(line => line.Y).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        var marks = new PlotLine($"{settings.Changes} changes", changes, [.. changes.Select(_ => floor)]) { PointsOnly = true };
        return new Findings(
            string.Join(". ", methods.Select(runs => $"{runs.Method.Title}: return {Median(runs, MeanReturn)}, "
                + $"last {settings.Window} worlds minus first {settings.Window}: {Median(runs, Change)}")) + ".",
            [
                new FindingSection(
                    "Return",
                    $"PPO on a crawler of two legs. Its {settings.Changes} changes after every {settings.Iterations * stepsOfIteration:F0} steps of the "
                    + $"environment, {settings.Worlds - 1} times; the worlds are those of the seed, the same for every method. An episode's return is the sum "
                    + $"of {settings.Horizon} rewards: speed in m/s minus a small price of effort. Medians over {settings.Seeds} seeds with 95% bootstrap "
                    + $"intervals. Each method chose its learning rate among {string.Join(", ", settings.LearningRates.Select(MethodRuns.Plain))} by its mean "
                    + $"return in {settings.TuningWorlds} worlds with {settings.TuningSeeds} other seed(s). The points at the bottom mark the changes.")
                {
                    Table = new FindingTable(
                        [
                            "method", "learning rate", "return", $"end of the first {settings.Window} worlds", $"end of the last {settings.Window}",
                            "last - first",
                        ],
                        [.. methods.Select(runs => new[]
                        {
                            runs.Method.Title, MethodRuns.Plain(runs.Results[0].Number("learningRate")), Median(runs, MeanReturn), Median(runs, First),
                            Median(runs, Last), Median(runs, Change),
                        })]),
                    Plots = [new LinePlot("Return of an episode", "steps of the environment", "return", [.. lines, marks])],
                },
                new FindingSection("The policy's network", "At the end of each world.")
                {
                    Table = new FindingTable(
                        ["method", .. NetworkDiagnosis.Numbers.Select(number => number.Title)],
                        [.. methods.Select(runs => (string[])[runs.Method.Title, .. runs.Diagnosis()])]),
                    Plots =
                    [
                        .. NetworkDiagnosis.Numbers.Select(number => new LinePlot(
                            NetworkDiagnosis.Heading(number.Title), "world", number.Title, [.. methods.Select(runs => runs.Line(number.Name))])),
                    ],
                },
                .. MethodRuns.Failures(methods, "world"),
            ]);

        string Median(MethodRuns runs, Func<CellResult, double> number) => MethodRuns.Plain(runs.Median(number));
        double First(CellResult run) => Ends(settings, run).Take(settings.Window).Average();
        double Last(CellResult run) => Ends(settings, run).TakeLast(settings.Window).Average();
        double Change(CellResult run) => Last(run) - First(run);
    }

    private static JsonObject Run(ReinforcementSettings settings, ContinualMethod method, int seed, CellContext context)
    {
        double rate = settings.LearningRates.MaxBy(candidate =>
            Trials(settings, method).Where(trial => trial.LearningRate == candidate).Average(trial => Sweep.Read(context.Prepared, NameOf(trial))));
        var json = ReinforcementRun.Run(new ReinforcementTrial(settings, method, rate, settings.Worlds, seed), context);
        json["learningRate"] = rate;
        return json;
    }

    private static IEnumerable<ReinforcementTrial> Trials(ReinforcementSettings settings, ContinualMethod method) =>
        from rate in settings.LearningRates
        from seed in Enumerable.Range(ContinualTuning.FirstSeed, settings.TuningSeeds)
        select new ReinforcementTrial(settings, method, rate, settings.TuningWorlds, seed);

    private static string NameOf(ReinforcementTrial trial) =>
        FormattableString.Invariant($"{ExperimentFolder.SlugOf(trial.Method.Name.Replace(' ', '-'))}-lr{trial.LearningRate:R}-seed{trial.Seed}");

    private static double MeanReturn(CellResult run) => run.Numbers("returns").Average();

    /// <summary>The mean return of the last fifth of the iterations of each world.</summary>
    private static IEnumerable<double> Ends(ReinforcementSettings settings, CellResult run) =>
        run.Numbers("returns").Chunk(settings.Iterations).Select(world => world.TakeLast(Math.Max(1, settings.Iterations / 5)).Average());
}
