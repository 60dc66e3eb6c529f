namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Trains each network after each rescaling at each learning rate and seed, and counts epochs to the plain network's best loss.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
internal abstract class RescalingGrid<TSettings> : Experiment<TSettings>
    where TSettings : GridSettings
{
    public sealed override string Paper => "pathcond";

    public sealed override bool ComputesOnDevices => true;

    /// <summary>What <c>metric</c> of a result is, such as <c>test accuracy</c>; null where it has none.</summary>
    protected virtual string? MetricName => null;

    /// <summary>What the rows of the tables are, such as <c>hidden layers</c>.</summary>
    protected abstract string NetworkName { get; }

    /// <summary>The networks, by a short name each.</summary>
    protected abstract IReadOnlyList<string> Networks(TSettings settings);

    /// <summary>The network of a trial, fresh, and what it is to learn.</summary>
    private protected abstract TrainingProblem Make(TSettings settings, GridTrial trial, Philox generator);

    /// <summary>About how much work a network is.</summary>
    protected virtual double WeightOf(TSettings settings, string network) => 1;

    /// <summary>Further plots of a network.</summary>
    protected virtual IEnumerable<LinePlot> FurtherPlots(TSettings settings, string network, CellResults results) => [];

    protected sealed override IReadOnlyList<ExperimentCell> Cells(TSettings settings)
    {
        if (!settings.Methods.Contains(RescalingMethod.Plain))
        {
            throw new ConfigException(
                $"methods: expected \"{RescalingMethod.Plain}\" among them, since all others are measured against it; "
                + $"got {string.Join(", ", settings.Methods)}");
        }
        var networks = Networks(settings);
        if (networks.GroupBy(network => network).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ConfigException($"two networks would be the same, {twice.Key}; give settings under which all differ");
        return
        [
            .. from network in networks
               from rate in settings.LearningRates
               from seed in Enumerable.Range(0, settings.Seeds)
               from method in settings.Methods
               let trial = new GridTrial(network, method, rate, seed)
               select new ExperimentCell(trial.Key, context => Train(settings, trial, context)) { Weight = WeightOf(settings, network) },
        ];
    }

    protected sealed override Findings Conclude(TSettings settings, CellResults results)
    {
        var others = settings.Methods.Where(method => method != RescalingMethod.Plain).ToArray();
        var networks = Networks(settings);
        var rows = networks.SelectMany(network => others.Select(method => EpochsToLoss.Row(
            [network, method], [.. settings.LearningRates.SelectMany(rate => Pairs(settings, results, network, rate, method))]))).ToArray();
        var rowsByRate = networks.SelectMany(network => others.SelectMany(method => settings.LearningRates.Select(rate => EpochsToLoss.Row(
            [network, method, Figures.Rate(rate)], Pairs(settings, results, network, rate, method))))).ToArray();
        var sections = new List<FindingSection>
        {
            new(
                "Epochs to the plain network's best loss",
                "The plain network's epochs divided by the rescaled network's; above 1, the rescaled one is faster. To plain's best loss: 0 where it never "
                + "gets there. To a loss both reach: the worse of the two best losses, which favours neither. Each pair starts from the same function, at the "
                + "same learning rate, with the examples in the same order. Medians over learning rates and seeds with 95% bootstrap intervals.")
            {
                Table = new FindingTable(EpochsToLoss.Columns(NetworkName, "method"), rows),
            },
        };
        if (settings.LearningRates.Count > 1)
        {
            var table = new FindingTable(EpochsToLoss.Columns(NetworkName, "method", "learning rate"), rowsByRate);
            sections.Add(new FindingSection("The same at each learning rate", "") { Table = table });
        }
        sections.Add(BestRates(settings, results, networks));
        sections.AddRange(networks.Select(network =>
            new FindingSection($"{NetworkName}: {network}", "The median over the seeds, and a band from the smallest to the largest.")
            {
                Plots = [.. settings.LearningRates.Select(rate => LossPlot(settings, results, network, rate)), .. FurtherPlots(settings, network, results)],
            }));
        return new Findings(
            $"Plain's epochs to its best loss, divided by the method's: {string.Join("; ", rows.Select(row => $"{row[0]} {row[1]} {row[2]}"))}.", sections);
    }

    private JsonObject Train(TSettings settings, GridTrial trial, CellContext context)
    {
        var generator = new Philox((ulong)trial.Seed);
        var problem = Make(settings, trial, generator);
        _ = RescalingMethod.Apply(trial.Method, problem.Model, problem.InputShape);
        _ = problem.Model.To(context.Compute.Open());
        return problem.Train(new SGD(problem.Model.Parameters(), trial.LearningRate), settings.Epochs, generator.Split("order"), context);
    }

    /// <summary>The results of one setting, seed by seed.</summary>
    private static IReadOnlyList<CellResult> OfSeeds(TSettings settings, CellResults results, string network, double rate, string method) =>
        results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => new GridTrial(network, method, rate, seed).Key));

    private FindingSection BestRates(TSettings settings, CellResults results, IReadOnlyList<string> networks)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (string network in networks)
        {
            foreach (string method in settings.Methods)
            {
                var best = settings.LearningRates
                    .Select(rate => (Rate: rate, Results: OfSeeds(settings, results, network, rate, method)))
                    .Where(entry => entry.Results.Count > 0 && entry.Results.All(IsFinite))
                    .OrderBy(entry => entry.Results.Average(Final))
                    .FirstOrDefault();
                string Median(Func<CellResult, double> number) => Figures.Short(Bootstrap.Median([.. best.Results.Select(number)], Summarizer.Generator));
                if (best.Results is not null)
                    rows.Add([network, method, Figures.Rate(best.Rate), Median(Final), .. MetricName is null ? [] : new[] { Median(Metric) }]);
            }
        }
        return new FindingSection(
            "Each method at its own best learning rate",
            "The rate whose mean final training loss is least. Medians over the seeds with 95% bootstrap intervals.")
        {
            Table = new FindingTable(
                [NetworkName, "method", "learning rate", "final training loss", .. MetricName is { } metric ? [metric] : Array.Empty<string>()], rows),
        };
    }

    private bool IsFinite(CellResult result) => double.IsFinite(Final(result)) && (MetricName is null || double.IsFinite(Metric(result)));

    private static double Metric(CellResult result) => result.Number("metric");

    private static double Final(CellResult result) => result.Numbers("loss")[^1];

    private static LinePlot LossPlot(TSettings settings, CellResults results, string network, double rate) =>
        new($"Learning rate {Figures.Rate(rate)}", "epoch", "training loss", [.. settings.Methods.Select(method =>
            Curves.Line(method, [.. OfSeeds(settings, results, network, rate, method).Select(result => result.Numbers("loss"))]))]) { LogY = true };

    private static (double[] Plain, double[] Other)[] Pairs(TSettings settings, CellResults results, string network, double rate, string method) =>
    [
        .. from seed in Enumerable.Range(0, settings.Seeds)
           let pair = results.Of([new GridTrial(network, RescalingMethod.Plain, rate, seed).Key, new GridTrial(network, method, rate, seed).Key])
           where pair.Count == 2
           select (pair[0].Numbers("loss"), pair[1].Numbers("loss")),
    ];
}
