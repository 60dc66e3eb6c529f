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

    protected override IReadOnlyList<ExperimentCell> Cells(Options settings)
    {
        return
        [
            .. from ratio in settings.Ratios
               from gain in settings.Gains
               from seed in Enumerable.Range(0, settings.Seeds)
               select new ExperimentCell(Key(ratio, gain, seed), _ => Measure(settings, ratio, gain, seed)),
        ];
    }

    protected override Findings Conclude(Options settings, CellResults results)
    {
        FindingTable Table(string method) => new(
            ["widths' ratio", .. settings.Gains.Select(gain => $"{Figures.Rate(gain)} x Kaiming")],
            [.. settings.Ratios.Select(ratio => new[] { Figures.Rate(ratio) }.Concat(settings.Gains.Select(gain => Of(settings, results, ratio, gain, method) is { Count: > 0 } sizes
                ? Figures.Short(MedianOf(sizes)) : "–")).ToArray())]);
        LinePlot Plot(string method) => new($"{method}: mean |log scale|", "ratio of neighbouring widths", "mean |log scale|", [.. settings.Gains.Select(gain =>
            new PlotLine($"{Figures.Rate(gain)} x Kaiming", settings.Ratios, [.. settings.Ratios.Select(ratio =>
                Of(settings, results, ratio, gain, method) is { Count: > 0 } sizes ? MedianOf(sizes).Estimate : double.NaN)]))]) { LogX = true };
        double Size(double ratio, double gain) =>
            Of(settings, results, ratio, gain, RescalingMethod.PathCond) is { Count: > 0 } sizes ? MedianOf(sizes).Estimate : double.NaN;
        double largestGain = settings.Gains.Max();
        return new Findings(
            $"Mean |log scale| of PathCond where all widths are equal and weights large: {Figures.Short(Size(settings.Ratios.Min(), largestGain))}; where widths differ most, at Kaiming's size: {Figures.Short(Size(settings.Ratios.Max(), 1))}.",
            [
                new FindingSection(
                    "PathCond",
                    "The mean over hidden units of |log of the unit's scale|: 0 leaves the network as it is. Medians over seeds with 95% bootstrap intervals.")
                    { Table = Table(RescalingMethod.PathCond), Plots = [Plot(RescalingMethod.PathCond)] },
                new FindingSection("ENorm", "The same for the equi-normalisation of Stock and others (2019).") { Table = Table(RescalingMethod.Enorm), Plots = [Plot(RescalingMethod.Enorm)] },
            ]);
    }

    private static JsonObject Measure(Options settings, double ratio, double gain, int seed)
    {
        int narrow = Math.Max(1, (int)Math.Round(settings.Width / ratio));
        var model = new Sequential(
            new Linear(settings.Width, settings.Width, initializer: new KaimingInitializer()), new ReLU(), new Linear(settings.Width, narrow, initializer: new KaimingInitializer()), new ReLU(),
            new Linear(narrow, settings.Width, initializer: new KaimingInitializer()), new ReLU(), new Linear(
                settings.Width, settings.Width, initializer: new KaimingInitializer()));
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

    private static Interval MedianOf(IReadOnlyList<double> sizes) => Bootstrap.MedianOrNaN(sizes, Summarizer.Generator);

    private static JsonNode? MeanSize(RescalingResult result) =>
        CellResult.Json(result.Layers.SelectMany(layer => layer.Scales).Average(scale => Math.Abs(Math.Log(scale))));

    private static IReadOnlyList<double> Of(Options settings, CellResults results, double ratio, double gain, string method) =>
        [.. results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => Key(ratio, gain, seed))).Select(result => result.Number(method))];

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
