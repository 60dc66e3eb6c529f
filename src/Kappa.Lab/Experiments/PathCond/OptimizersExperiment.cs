namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Beyond the paper: PathCond once, or again and again, in front of optimizers other than gradient descent.</summary>
internal sealed class OptimizersExperiment : Experiment<OptimizersExperiment.Options>
{
    private const string Periodic = "pathcond-periodic";

    // The only name that is no optimizer's of the catalog.
    private const string SgdMomentum = "sgd-momentum";

    public override string Paper => "pathcond";

    public override bool ComputesOnDevices => true;

    public override string Name => "optimizers";

    public override string Summary =>
        "Beyond the paper: PathCond before AdamW, Muon, DoPr and AdamO, once or every few epochs, on the encoder-decoder of digits.";

    public override string? Unavailable => Missing(DataCatalog.HandwrittenDigits);

    protected override Options Short => new();

    protected override Options Full => new() { Hidden = [512, 128, 32, 128, 512], Epochs = 100, Pictures = 8000, Seeds = 5 };

    protected override IReadOnlyList<ExperimentCell> Cells(Options settings) =>
    [
        .. from optimizer in settings.Optimizers.Keys
           from method in settings.Methods
           select new ExperimentCell(KeyOf(optimizer, method), context => Search(settings, optimizer, method, context)),
    ];

    protected override Findings Conclude(Options settings, CellResults results)
    {
        var rows = new List<IReadOnlyList<string>>();
        var plots = new List<LinePlot>();
        var headline = new List<string>();
        foreach (string optimizer in settings.Optimizers.Keys)
        {
            var lines = new List<PlotLine>();
            var finals = new List<(string Method, double Loss)>();
            foreach (string method in settings.Methods)
            {
                // At no rate the losses of all seeds were finite.
                if (!results.TryGet(KeyOf(optimizer, method), out var found) || !found.Numbers("metric").All(double.IsFinite))
                    continue;
                double[][] curves = [.. Enumerable.Range(0, settings.Seeds).Select(seed => found.Numbers(CurveOf(seed)))];
                var loss = Bootstrap.Median(found.Numbers("metric"), Summarizer.Generator);
                string final = Figures.Short(Bootstrap.Median([.. curves.Select(curve => curve[^1])], Summarizer.Generator));
                string atEdge = found.Value["atEdge"]!.GetValue<bool>() ? " (edge)" : "";
                rows.Add([optimizer, method, Figures.Rate(found.Number("rate")) + atEdge, Figures.Short(loss), final]);
                lines.Add(Curves.Line(method, curves));
                finals.Add((method, loss.Estimate));
            }
            plots.Add(new LinePlot(optimizer, "epoch", "training loss", lines) { LogY = true });
            headline.Add($"{optimizer}: {string.Join(", ", finals.Select(final => $"{final.Method} {Figures.Short(final.Loss)}"))}");
        }
        return new Findings(
            $"Test loss at each method's own best learning rate. {string.Join("; ", headline)}.",
            [
                new FindingSection(
                    "Each optimizer and method at its best learning rate",
                    "The rate of the least mean test loss, out of a list that is the same for every method at first and grows where the best rate is at an "
                    + $"edge, by {settings.Extensions} rates at most. Medians over the seeds with 95% bootstrap intervals.")
                {
                    Table = new FindingTable(["optimizer", "method", "learning rate", "test loss", "final training loss"], rows),
                    Plots = plots,
                },
            ]);
    }

    private protected override (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(Options settings) =>
        settings.Data is { } data ? (data, () => OwnData.LoadClasses(data, isFlat: true)) : null;

    private static string KeyOf(string optimizer, string method) => $"{optimizer}/{method}";

    private static string CurveOf(int seed) => $"loss, seed {seed}";

    /// <summary>Trains all seeds at each rate, every training kept as soon as it is there; the cell has those of the best rate.</summary>
    private static JsonObject Search(Options settings, string optimizer, string method, CellContext context)
    {
        var rates = settings.Optimizers[optimizer];
        int most = (rates.Count + settings.Extensions) * settings.Seeds, done = 0;
        CellResult Kept(double rate, int seed)
        {
            var trial = new GridTrial(optimizer, method, rate, seed);
            string name = FormattableString.Invariant($"lr{Figures.Rate(rate)}-seed{seed}.json");
            if (context.Work.ReadSealed(name, "it is trained again") is not { } result)
            {
                result = Train(settings, trial, context with { Report = share => context.Report((done + share) / most) });
                context.Work.WriteSealed(name, result);
            }
            context.Report((double)++done / most);
            return new CellResult(trial.Key, result);
        }
        var tried = new Dictionary<double, CellResult[]>();
        double LossOf(double rate)
        {
            tried[rate] = [.. Enumerable.Range(0, settings.Seeds).Select(seed => Kept(rate, seed))];
            double mean = tried[rate].Average(result => result.Number("metric"));
            return double.IsFinite(mean) ? mean : double.PositiveInfinity;
        }
        var search = RateSearch.Run(rates, settings.Extensions, LossOf);
        var best = tried[search.Rate];
        var found = new JsonObject
        {
            ["rate"] = search.Rate, ["atEdge"] = search.IsAtEdge, ["metric"] = CellResult.Json(best.Select(result => result.Number("metric"))),
        };
        for (int seed = 0; seed < best.Length; seed++)
            found[CurveOf(seed)] = CellResult.Json(best[seed].Numbers("loss"));
        return found;
    }

    private static JsonObject Train(Options settings, GridTrial trial, CellContext context)
    {
        var generator = new Philox((ulong)trial.Seed);
        var problem = TrainingProblem.Reproduce(PictureExamples.DigitsOr(settings.Data), settings.Hidden, settings.Pictures, settings.BatchSize, generator);
        bool isPeriodic = trial.Method == Periodic;
        _ = RescalingMethod.Apply(isPeriodic ? RescalingMethod.PathCond : trial.Method, problem.Model);
        _ = problem.Model.To(context.Compute.Open());
        var optimizer = settings.Create(trial.Network, problem.Model, trial.LearningRate, generator.Split("remedy"));
        using var owned = optimizer as IDisposable;
        return problem.Train(optimizer, settings.Epochs, generator.Split("order"), context, epoch =>
        {
            if (isPeriodic && epoch % settings.Period == 0)
                _ = PathConditioning.Rescale(problem.Model, optimizer);
        });
    }

    /// <summary>Settings.</summary>
    public sealed record Options : ICompletedSettings, ICheckedSettings
    {
        [Setting(
            "learning rates of each optimizer, by a name such as sgd-momentum, adamw, dopr-muon or \"muon + redo\", which every method tries first",
            AtLeast = 0, OnceEach = true)]
        public IReadOnlyDictionary<string, IReadOnlyList<double>> Optimizers { get; init; } = new Dictionary<string, IReadOnlyList<double>>
        {
            ["sgd-momentum"] = [0.1, 0.3, 1, 3],
            ["adamw"] = [1e-3, 3e-3, 1e-2, 3e-2],
            ["muon"] = [3e-3, 1e-2, 3e-2, 1e-1],
            ["dopr-adamw"] = [3e-4, 1e-3, 3e-3, 1e-2],
            ["adamo"] = [1e-3, 3e-3, 1e-2, 3e-2],
        };

        [Setting("the most rates that are added to a list whose best is at its edge", AtLeast = 0, AtMost = 20)]
        public int Extensions { get; init; } = 4;

        [Setting(
            "what is done with the scales; pathcond once, or periodically",
            OneOf = [RescalingMethod.Plain, RescalingMethod.PathCond, Periodic, RescalingMethod.Enorm], OnceEach = true)]
        public IReadOnlyList<string> Methods { get; init; } = [RescalingMethod.Plain, RescalingMethod.PathCond, Periodic, RescalingMethod.Enorm];

        [Setting("epochs from one rescaling to the next of pathcond-periodic", AtLeast = 1)]
        public int Period { get; init; } = 5;

        [Setting("the widths of the hidden layers", AtLeast = 1, AtMost = 1 << 20, MayBeEmpty = true)]
        public IReadOnlyList<int> Hidden { get; init; } = [128, 32, 8, 32, 128];

        [Setting("passes over the examples", AtLeast = 1)]
        public int Epochs { get; init; } = 30;

        [Setting("initialisations", AtLeast = 1, AtMost = 10_000)]
        public int Seeds { get; init; } = 3;

        [Setting("pictures in a batch", AtLeast = 1)]
        public int BatchSize { get; init; } = 64;

        [Setting("pictures to train on", AtLeast = 1)]
        public int Pictures { get; init; } = 2000;

        [Setting(OwnData.Meaning)]
        public Choice<DataKind>? Data { get; init; }

        /// <inheritdoc/>
        public void Check(SettingsCheck check) => OwnData.Require(check, Data, DataContent.Pictures, DataContent.Rows);

        private IReadOnlyDictionary<string, OptimizerChoice> Made { get; init; } = new Dictionary<string, OptimizerChoice>();

        internal Optimizer Create(string name, Module model, double rate, Philox generator) =>
            name == SgdMomentum ? new SGD(model.Parameters(), rate, momentum: 0.9) : Made[name].Create(model, rate, generator);

        object ICompletedSettings.Complete(SettingsCheck check) => this with
        {
            Made = Optimizers.Keys.Where(name => name != SgdMomentum)
                .ToDictionary(name => name, name => OptimizerChoice.Parse(name, check.PathOf(nameof(Optimizers)), check.Choices)),
        };
    }
}
