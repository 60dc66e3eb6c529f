namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Two moons by gradient descent on all points: arXiv 2602.19799, experiments on toy data.</summary>
internal sealed class TwoMoonsExperiment : RescalingGrid<TwoMoonsExperiment.Options>
{
    private const int BoundaryCells = 80;

    public override string Name => "two-moons";

    public override string Summary => "MLPs on two moons by gradient descent: epochs to the plain network's best loss, over learning rates and seeds.";

    protected override Options Short => new();

    protected override Options Full => new() { Epochs = 10_000, Seeds = 10 };

    protected override string NetworkName => "hidden layers";

    protected override IReadOnlyList<string> Networks(Options settings) =>
        [.. settings.Hidden.Select(hidden => string.Join('-', hidden))];

    protected override double WeightOf(Options settings, string network) => 200 + Widths(network).Sum();

    private protected override TrainingProblem Make(Options settings, GridTrial trial, Philox generator)
    {
        var data = TwoMoons.Create(settings.Points, generator.Split("points"), settings.Noise);
        var model = MlpFactory.Create(2, 2, new ModelConfig { Hidden = Widths(trial.Network), Initializer = settings.Initializer }, generator.Split("model"));
        return new(model, data, settings.Points, batch => TrainingProblem.CrossEntropy(model, batch), () => CellResult.Json(Boundary(model)))
        {
            Measured = ("boundary", new JsonArray()),
        };
    }

    protected override IEnumerable<LinePlot> FurtherPlots(Options settings, string network, CellResults results)
    {
        foreach (double rate in settings.LearningRates)
        {
            var boundaries =
                from method in settings.Methods
                from result in results.Of([new GridTrial(network, method, rate, 0).Key])
                select Points(method, result.Numbers("boundary"));
            yield return new LinePlot(
                $"Where the larger class changes, seed 0, learning rate {Figures.Rate(rate)}", "x", "y", [.. boundaries, .. Moons(settings)]);
        }
    }

    internal static int[] Widths(string network) => [.. network.Split('-').Select(width => int.Parse(width, CultureInfo.InvariantCulture))];

    /// <summary>x and y, alternating, of points where the larger class changes along a vertical line.</summary>
    private static List<double> Boundary(Module model)
    {
        const double Left = -1.5, Right = 2.5, Bottom = -1, Top = 1.5;
        using var scope = TensorScope.Begin();
        using var _ = NoGradient.Begin();
        float[] points = new float[2 * BoundaryCells * BoundaryCells];
        for (int i = 0; i < BoundaryCells * BoundaryCells; i++)
        {
            points[2 * i] = (float)(Left + (Right - Left) * (i / BoundaryCells) / (BoundaryCells - 1));
            points[2 * i + 1] = (float)(Bottom + (Top - Bottom) * (i % BoundaryCells) / (BoundaryCells - 1));
        }
        var logits = model.ForwardToHost(Tensor.From(points, [BoundaryCells * BoundaryCells, 2])).ReadOnlyValues<float>();
        var result = new List<double>();
        for (int i = 0; i + 1 < BoundaryCells * BoundaryCells; i++)
        {
            double here = logits[2 * i + 1] - logits[2 * i], next = logits[2 * i + 3] - logits[2 * i + 2];
            if (i % BoundaryCells == BoundaryCells - 1 || here > 0 == next > 0)
                continue;
            result.Add(Math.Round(points[2 * i], 3));
            result.Add(Math.Round(points[2 * i + 1] + (points[2 * i + 3] - points[2 * i + 1]) * here / (here - next), 3));
        }
        return result;
    }

    private static PlotLine Points(string name, IReadOnlyList<double> coordinates) =>
        new(name, [.. coordinates.Where((_, i) => i % 2 == 0)], [.. coordinates.Where((_, i) => i % 2 == 1)]) { PointsOnly = true };

    private static PlotLine[] Moons(Options settings)
    {
        var batch = TwoMoons.Create(settings.Points, new Philox(0).Split("points"), settings.Noise)
            .Take([.. Enumerable.Range(0, Math.Min(300, settings.Points))]);
        float[] points = batch.Inputs.ToArray<float>();
        int[] labels = batch.Targets.ToArray<int>();
        batch.Release();
        return [.. new[] { 0, 1 }.Select(kind => Points($"class {kind}", [.. points.Where((_, i) => labels[i / 2] == kind).Select(value => (double)value)]))];
    }

    /// <summary>Settings.</summary>
    public sealed record Options : GridSettings
    {
        /// <summary>The defaults: rates over the paper's range.</summary>
        public Options() => (LearningRates, Epochs, Seeds) = ([1e-4, 1e-3, 1e-2, 1e-1, 1], 2000, 5);

        [Setting("the widths of the hidden layers of each network", AtLeast = 1, AtMost = 1 << 20)]
        public IReadOnlyList<int[]> Hidden { get; init; } = [[8, 8], [16, 16, 16, 16, 16], [64, 64, 64, 64], [64, 32, 16, 8, 4]];

        [Setting("how weights are drawn: default (PyTorch's) or kaiming", OneOf = ["default", "kaiming"])]
        public string Initializer { get; init; } = "default";

        [Setting("points to train on, all in each step", AtLeast = 2)]
        public int Points { get; init; } = 700;

        [Setting("the standard deviation of the noise on each coordinate", AtLeast = 0)]
        public double Noise { get; init; } = 0.1;
    }
}
