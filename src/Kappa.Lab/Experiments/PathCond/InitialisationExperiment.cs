namespace Kappa.Lab.Experiments.PathCond;

/// <summary>How far PathCond moves the scales at initialisation, against how much widths vary and how large the weights are drawn: arXiv 2602.19799, the study
/// of initialisation.</summary>
internal sealed class InitialisationExperiment : Experiment<InitialisationExperiment.Options>
{
    public override string Paper => "pathcond";

    public override string Name => "initialisation";

    public override string Summary => "How far PathCond and ENorm move the scales of fresh networks, against the ratio of widths and the size of the weights.";

    protected override Options Short => new();

    protected override Options Full => new() { Width = 512, Seeds = 20 };

    protected override IReadOnlyList<ExperimentCell> Cells(Options settings) =>
    [
        .. from ratio in settings.Ratios
           from gain in settings.Gains
           from seed in Enumerable.Range(0, settings.Seeds)
           select new ExperimentCell(Key(ratio, gain, seed), _ => Measure(settings, ratio, gain, seed)),
    ];

    protected override Findings Conclude(Options settings, CellResults results)
    {
        Interval? Size(double ratio, double gain, string method)
        {
            var found = results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => Key(ratio, gain, seed)));
            return found.Count == 0 ? null : Bootstrap.MedianOrNaN([.. found.Select(result => result.Number(method))], Summarizer.Generator);
        }
        double Estimate(double ratio, double gain, string method) => Size(ratio, gain, method)?.Estimate ?? double.NaN;
        FindingSection Section(string title, string text, string method) => new(title, text)
        {
            Table = new FindingTable(
                ["widths' ratio", .. settings.Gains.Select(gain => $"{Figures.Rate(gain)} x Kaiming")],
                [.. settings.Ratios.Select(ratio => (FindingCell[])
                    [new FindingCell(Figures.Rate(ratio)) { Value = ratio }, .. settings.Gains.Select(gain => FindingCell.Of(Size(ratio, gain, method)))])]),
            Plots =
            [
                new LinePlot($"{method}: mean |log scale|", "ratio of neighbouring widths", "mean |log scale|", [.. settings.Gains.Select(gain => new PlotLine(
                    $"{Figures.Rate(gain)} x Kaiming", settings.Ratios, [.. settings.Ratios.Select(ratio => Estimate(ratio, gain, method))]))]) { LogX = true },
            ],
        };
        string equal = Figures.Short(Estimate(settings.Ratios.Min(), settings.Gains.Max(), RescalingMethod.PathCond));
        string varied = Figures.Short(Estimate(settings.Ratios.Max(), 1, RescalingMethod.PathCond));
        return new Findings(
            $"Mean |log scale| of PathCond where all widths are equal and weights large: {equal}; where widths differ most, at Kaiming's size: {varied}.",
            [
                Section(
                    "PathCond",
                    "The mean over hidden units of |log of the unit's scale|: 0 leaves the network as it is. Medians over seeds with 95% bootstrap intervals.",
                    RescalingMethod.PathCond),
                Section("ENorm", "The same for the equi-normalisation of Stock and others (2019).", RescalingMethod.Enorm),
            ]);
    }

    private static JsonObject Measure(Options settings, double ratio, double gain, int seed)
    {
        int narrow = Math.Max(1, (int)Math.Round(settings.Width / ratio));
        Linear Layer(int from, int to) => new(from, to, initializer: new KaimingInitializer());
        var model = new Sequential(
            Layer(settings.Width, settings.Width), new ReLU(), Layer(settings.Width, narrow), new ReLU(),
            Layer(narrow, settings.Width), new ReLU(), Layer(settings.Width, settings.Width));
        _ = model.Initialize(new Philox((ulong)seed));
        foreach (var parameter in model.Parameters())
        {
            foreach (ref float value in parameter.Tensor.Values<float>())
                value *= (float)gain;
        }
        return new JsonObject
        {
            [RescalingMethod.PathCond] = MeanSize(PathConditioning.Analyse(model)),
            [RescalingMethod.Enorm] = MeanSize(EquiNormalization.Analyse(model)),
        };
    }

    private static JsonNode? MeanSize(RescalingResult result) =>
        CellResult.Json(result.Layers.SelectMany(layer => layer.Scales).Average(scale => Math.Abs(Math.Log(scale))));

    private static string Key(double ratio, double gain, int seed) => $"ratio={Figures.Rate(ratio)}/gain={Figures.Rate(gain)}/seed={seed}";

    /// <summary>Settings.</summary>
    public sealed record Options
    {
        [Setting("the width of the wide layers; the narrow one between them is this divided by the ratio", AtLeast = 1, AtMost = 1 << 20)]
        public int Width { get; init; } = 256;

        [Setting("ratios of the width of neighbouring layers", Above = 0, OnceEach = true)]
        public IReadOnlyList<double> Ratios { get; init; } = [1, 2, 4, 8, 16];

        [Setting("what multiplies the weights of Kaiming's initialisation", Above = 0, OnceEach = true)]
        public IReadOnlyList<double> Gains { get; init; } = [0.25, 0.5, 1, 2, 4];

        [Setting("initialisations", AtLeast = 1, AtMost = 10_000)]
        public int Seeds { get; init; } = 5;
    }
}
