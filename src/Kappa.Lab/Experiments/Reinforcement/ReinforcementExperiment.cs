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
        Methods = MethodAtStrength.List(
            "adamw 0", "adamw 0.01", "adamo 0.001", "adamo 0.01", "adamo 0.1", "l2-init 0.0001", "redo 0.03", "layer-norm 0", "continual-backpropagation 0.0001"),
    };

    protected override void Prepare(ReinforcementSettings settings, CellContext context) => Sweep.Run(
        [.. settings.Methods.SelectMany(method => Trials(settings, method)).Select(trial => (NameOf(trial), (Func<CellContext, double>)(work => MeanReturn(ReinforcementRun.Run(trial, work)))))], context);

    protected override IReadOnlyList<ExperimentCell> Cells(ReinforcementSettings settings)
    {
        return
        [
            .. from method in settings.Methods
               from seed in Enumerable.Range(0, settings.Seeds)
               select new ExperimentCell(KeyOf(method.Name, seed), context => Run(settings, method, seed, context)),
        ];
    }

    protected override Findings Conclude(ReinforcementSettings settings, CellResults results)
    {
        var methods = settings.Methods
            .Select(method => (method.Title, Runs: results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => KeyOf(method.Name, seed)))))
            .Where(method => method.Runs.Count > 0).ToArray();
        if (methods.Length == 0)
            return new Findings("No run is finished yet.", []);
        double stepsOfIteration = (double)settings.Episodes * settings.Horizon;
        double[] at = [.. Enumerable.Range(1, settings.Worlds * settings.Iterations).Select(iteration => iteration * stepsOfIteration)];
        PlotLine[] lines = [.. methods.Select(method => Line(method.Title, at, method.Runs, "returns"))];
        double[] changes = [.. Enumerable.Range(1, settings.Worlds - 1).Select(world => world * settings.Iterations * stepsOfIteration)];
        double floor = lines.SelectMany(line => line.Y).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        double[] worlds = [.. Enumerable.Range(1, settings.Worlds).Select(world => (double)world)];
        return new Findings(
            string.Join(". ", methods.Select(method => $"{method.Title}: return {Plain(Of(method.Runs, MeanReturn))}, last {settings.Window} worlds minus first {settings.Window}: {Plain(Of(method.Runs, run => Change(settings, run)))}")) + ".",
            [
                new FindingSection("Return", $"PPO on a crawler of two legs. Its {settings.Changes} changes after every {settings.Iterations * stepsOfIteration:F0} steps of the environment, {settings.Worlds - 1} times; the worlds are those of the seed, the same for "
                    + $"every method. An episode's return is the sum of {settings.Horizon} rewards: speed in m/s minus a small price of effort. Medians over {settings.Seeds} seeds with 95% bootstrap intervals. Each method chose its learning rate among "
                    + $"{string.Join(", ", settings.LearningRates.Select(Number))} by its mean return in {settings.TuningWorlds} worlds with {settings.TuningSeeds} other seed(s). The points at the bottom mark the changes.")
                {
                    Table = new FindingTable(
                        ["method", "learning rate", "return", $"end of the first {settings.Window} worlds", $"end of the last {settings.Window}", "last - first"],
                        [.. methods.Select(method => (IReadOnlyList<string>)[
                            method.Title, Number(method.Runs[0].Number("learningRate")), Plain(Of(method.Runs, MeanReturn)), Plain(
                                Of(method.Runs, run => First(settings, run))),
                            Plain(Of(method.Runs, run => Last(settings, run))), Plain(Of(method.Runs, run => Change(settings, run))),
                        ])]),
                    Plots = [new LinePlot("Return of an episode", "steps of the environment", "return", [.. lines, new PlotLine($"{settings.Changes} changes", changes, [.. changes.Select(_ => floor)]) { PointsOnly = true }])],
                },
                new FindingSection("The policy's network", "At the end of each world.")
                {
                    Table = new FindingTable(
                        ["method", .. NetworkDiagnosis.Numbers.Select(number => number.Title)],
                        [.. methods.Select(method => (IReadOnlyList<string>)[method.Title, .. NetworkDiagnosis.Numbers.Select(number => Plain(Of(method.Runs, run => run.Numbers(number.Name)[^1])))])]),
                    Plots = [.. NetworkDiagnosis.Numbers.Select(number => new LinePlot(char.ToUpperInvariant(number.Title[0]) + number.Title[1..], "world", number.Title, [.. methods.Select(method => Line(method.Title, worlds, method.Runs, number.Name))]))],
                },
                .. Failures(methods.SelectMany(method => method.Runs)),
            ]);
    }

    internal static string KeyOf(string method, int seed) => FormattableString.Invariant($"{method}/seed={seed}");

    private static JsonObject Run(ReinforcementSettings settings, MethodAtStrength method, int seed, CellContext context)
    {
        double rate = settings.LearningRates.MaxBy(candidate =>
            Trials(settings, method).Where(trial => trial.LearningRate == candidate).Average(trial => Sweep.Read(context.Prepared, NameOf(trial))));
        var json = ReinforcementRun.Run(new ReinforcementTrial(settings, method, rate, settings.Worlds, seed), context);
        json["learningRate"] = rate;
        return json;
    }

    private static IEnumerable<ReinforcementTrial> Trials(ReinforcementSettings settings, MethodAtStrength method) =>
        from rate in settings.LearningRates
        from seed in Enumerable.Range(ContinualTuning.FirstSeed, settings.TuningSeeds)
        select new ReinforcementTrial(settings, method, rate, settings.TuningWorlds, seed);

    private static string NameOf(ReinforcementTrial trial) =>
        FormattableString.Invariant($"{ExperimentFolder.SlugOf(trial.Method.Name.Replace(' ', '-'))}-lr{trial.LearningRate:R}-seed{trial.Seed}");

    private static IEnumerable<FindingSection> Failures(IEnumerable<CellResult> runs)
    {
        string[] lines = [.. runs.Where(run => run.Numbers("nonFiniteWorlds").Length > 0).Select(run => $"{run.Key}: not finite in world {string.Join(", ", run.Numbers("nonFiniteWorlds"))}. First: {run.Value["firstFailure"]}")];
        return lines.Length == 0 ? [] : [new FindingSection("Worlds that did not stay finite", string.Join("\n\n", lines))];
    }

    private static double MeanReturn(JsonObject json) => MeanReturn(new CellResult("", json));

    private static double MeanReturn(CellResult run) => run.Numbers("returns").Average();

    /// <summary>The mean return of the last fifth of the iterations of each world.</summary>
    private static double[] Ends(ReinforcementSettings settings, CellResult run) =>
        [.. run.Numbers("returns").Chunk(settings.Iterations).Select(world => world.TakeLast(Math.Max(1, settings.Iterations / 5)).Average())];

    private static double First(ReinforcementSettings settings, CellResult run) => Ends(settings, run).Take(settings.Window).Average();

    private static double Last(ReinforcementSettings settings, CellResult run) => Ends(settings, run).TakeLast(settings.Window).Average();

    private static double Change(ReinforcementSettings settings, CellResult run) => Last(settings, run) - First(settings, run);

    private static PlotLine Line(string title, double[] at, IReadOnlyList<CellResult> runs, string name)
    {
        double[][] values = [.. runs.Select(run => run.Numbers(name))];
        Interval[] intervals = [.. Enumerable.Range(0, at.Length).Select(i => Bootstrap.MedianOrNaN([.. values.Select(series => series[i])], new Philox(0)))];
        return new PlotLine(
            title, at, [.. intervals.Select(i => i.Estimate)]) { Low = [.. intervals.Select(i => i.Low)], High = [.. intervals.Select(i => i.High)] };
    }

    private static Interval Of(IEnumerable<CellResult> runs, Func<CellResult, double> number) => Bootstrap.MedianOrNaN([.. runs.Select(number)], new Philox(0));

    private static string Plain(Interval value) => string.Create(CultureInfo.InvariantCulture, $"{value.Estimate:G3} [{value.Low:G3}, {value.High:G3}]");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
