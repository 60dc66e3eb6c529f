namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Deep MLPs with batch normalisation: arXiv 2602.19799, figure 2, on Fashion-MNIST, since its CIFAR-10 is in no registry here.</summary>
internal sealed class DepthExperiment : RescalingGrid<DepthExperiment.Options>
{
    public override string Name => "fig2";

    public override string Summary => "Deep MLPs with batch normalisation on Fashion-MNIST, 3 to 8 hidden layers (the paper: CIFAR-10).";

    public override string? Unavailable => Missing(DataCatalog.FashionMnist);

    protected override Options Short => new();

    protected override Options Full => new() { Width = 500, Depths = [3, 4, 5, 6, 7, 8], Epochs = 100, Pictures = 60_000 };

    protected override string NetworkName => "hidden layers";

    protected override string? MetricName => "test accuracy";

    protected override IReadOnlyList<string> Networks(Options settings) =>
        [.. settings.Depths.Select(depth => depth.ToString(CultureInfo.InvariantCulture))];

    protected override double WeightOf(Options settings, string network) =>
        784.0 / settings.Width + int.Parse(network, CultureInfo.InvariantCulture);

    private protected override TrainingProblem Make(Options settings, GridTrial trial, Philox generator)
    {
        int depth = int.Parse(trial.Network, CultureInfo.InvariantCulture);
        var examples = PictureExamples.Of(settings.Data, isFlat: true);
        return TrainingProblem.Classify(examples, Create(examples, settings.Width, depth), settings.Pictures, settings.BatchSize, generator);
    }

    private protected override (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(Options settings) =>
        settings.Data is { } data ? (data, () => OwnData.LoadClasses(data, isFlat: true)) : null;

    private static Sequential Create(PictureExamples examples, int width, int depth)
    {
        List<Module> modules = [new Flatten()];
        for (int i = 0; i < depth; i++)
            modules.AddRange([new Linear(i == 0 ? examples.Training.InputShape.Count : width, width, bias: false), new BatchNorm1d(width), new ReLU()]);
        return new Sequential([.. modules, new Linear(width, examples.Classes)]);
    }

    /// <summary>Settings.</summary>
    public sealed record Options : GridSettings, ICheckedSettings
    {
        /// <summary>The defaults: the paper's learning rate, and ten times it.</summary>
        public Options() => (LearningRates, Epochs) = ([1e-3, 1e-2], 10);

        [Setting("the width of every hidden layer", AtLeast = 1, AtMost = 1 << 20)]
        public int Width { get; init; } = 250;

        [Setting("hidden layers of each network", AtLeast = 1, OnceEach = true)]
        public IReadOnlyList<int> Depths { get; init; } = [3, 5, 8];

        [Setting("pictures in a batch", AtLeast = 1)]
        public int BatchSize { get; init; } = 128;

        [Setting("pictures to train on", AtLeast = 1)]
        public int Pictures { get; init; } = 4000;

        [Setting(OwnData.Meaning)]
        public Choice<DataKind>? Data { get; init; }

        /// <inheritdoc/>
        public void Check(SettingsCheck check) => OwnData.Require(check, Data, DataContent.Pictures, DataContent.Rows);
    }
}
