namespace Kappa.Lab.Experiments.PathCond;

/// <summary>The fully convolutional network of Gitman and Ginsburg (2017, arXiv 1709.08145): arXiv 2602.19799, figure 3, on Fashion-MNIST, since its CIFAR-10
/// is in no registry here.</summary>
internal sealed class ConvolutionExperiment : RescalingGrid<ConvolutionExperiment.Options>
{
    public override string Name => "fig3";

    public override string Summary => "A fully convolutional network on Fashion-MNIST, with and without batch normalisation (the paper: CIFAR-10).";

    public override string? Unavailable => Missing(DataCatalog.FashionMnist);

    protected override Options Short => new();

    protected override Options Full => new() { Width = 128, Epochs = 128, Pictures = 60_000, Seeds = 3 };

    protected override string NetworkName => "network";

    protected override string? MetricName => "test accuracy";

    protected override IReadOnlyList<string> Networks(Options settings) => ["batch-norm", "plain-convolutions"];

    private protected override TrainingProblem Make(Options settings, GridTrial trial, Philox generator)
    {
        var examples = PictureExamples.Of(settings.Data, isFlat: false);
        var model = Create(examples, settings.Width, trial.Network == "batch-norm");
        return TrainingProblem.Classify(examples, model, settings.Pictures, settings.BatchSize, generator);
    }

    private protected override (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(Options settings) =>
        settings.Data is { } data ? (data, () => OwnData.LoadClasses(data, isFlat: false)) : null;

    /// <summary>Three blocks of three convolutions without bias, 1, 2 and 2.5 times as wide; the last is an average over what is left of the picture.</summary>
    private static Sequential Create(PictureExamples examples, int width, bool normalised)
    {
        int second = 2 * width, third = 5 * width / 2;
        Module[] Norm(int channels) => normalised ? [new BatchNorm2d(channels)] : [];
        Conv2d Convolution(int from, int to, int side = 3) => new(from, to, side, padding: side / 2, bias: false);
        Module[] Block(int from, int to) =>
        [
            Convolution(from, to), new ReLU(), Convolution(to, to), new ReLU(), Convolution(to, to), .. Norm(to), new ReLU(), new MaxPool2d(3, 2, 1),
        ];
        return new Sequential(
        [
            .. Block(examples.Training.InputShape[0], width), .. Block(width, second),
            Convolution(second, third), new ReLU(), Convolution(third, third, 1), new ReLU(),
            Convolution(third, examples.Classes, 1), new ReLU(), new GlobalAvgPool2d(), new Flatten(),
        ]);
    }

    /// <summary>Settings.</summary>
    public sealed record Options : GridSettings, ICheckedSettings
    {
        /// <summary>The defaults: the paper's learning rate, and larger ones.</summary>
        public Options() => (LearningRates, Epochs, Seeds) = ([1e-2, 1e-1], 8, 2);

        [Setting("channels of the first block", AtLeast = 1, AtMost = 1 << 20)]
        public int Width { get; init; } = 8;

        [Setting("pictures in a batch", AtLeast = 1)]
        public int BatchSize { get; init; } = 64;

        [Setting("pictures to train on", AtLeast = 1)]
        public int Pictures { get; init; } = 1000;

        [Setting(OwnData.Meaning)]
        public Choice<DataKind>? Data { get; init; }

        /// <inheritdoc/>
        public void Check(SettingsCheck check) => OwnData.Require(check, Data, DataContent.Pictures);
    }
}
