namespace Kappa.Lab.Experiments.PathCond;

/// <summary>An encoder and decoder of handwritten digits whose widths shrink by a factor at each layer: arXiv 2602.19799, the experiment with varying
/// width.</summary>
internal sealed class AutoencoderExperiment : RescalingGrid<AutoencoderExperiment.Options>
{
    public override string Name => "autoencoder";

    public override string Summary =>
        "Encoder-decoders of handwritten digits, their compression factor swept: where widths vary most, rescaling should gain most.";

    public override string? Unavailable => Missing(DataCatalog.HandwrittenDigits);

    protected override Options Short => new();

    protected override Options Full => new() { FirstWidth = 512, Epochs = 100, Seeds = 5, Pictures = 8000, LearningRates = [1e-3, 1e-2, 1e-1, 1, 10] };

    protected override string NetworkName => "hidden layers";

    protected override string? MetricName => "test loss";

    protected override IReadOnlyList<string> Networks(Options settings) =>
        [.. settings.Factors.Select(factor => string.Join('-', Widths(settings.FirstWidth, factor)))];

    private protected override TrainingProblem Make(Options settings, GridTrial trial, Philox generator) =>
        TrainingProblem.Reproduce(
            PictureExamples.DigitsOr(settings.Data), TwoMoonsExperiment.Widths(trial.Network), settings.Pictures, settings.BatchSize, generator);

    private protected override (Choice<DataKind> Choice, Func<TrainingData> Load)? DataOf(Options settings) =>
        settings.Data is { } data ? (data, () => OwnData.LoadClasses(data, isFlat: true)) : null;

    private static int[] Widths(int first, int factor)
    {
        int middle = Math.Max(2, first / factor / factor), second = Math.Max(2, first / factor);
        return [first, second, middle, second, first];
    }

    /// <summary>Settings.</summary>
    public sealed record Options : GridSettings, ICheckedSettings
    {
        /// <summary>The defaults.</summary>
        public Options() => (LearningRates, Epochs, Seeds) = ([1e-2, 1e-1, 1, 10], 30, 3);

        [Setting("the width of the first and the last hidden layer", AtLeast = 1, AtMost = 1 << 20)]
        public int FirstWidth { get; init; } = 128;

        [Setting("each layer of the encoder is narrower by this", AtLeast = 1, OnceEach = true)]
        public IReadOnlyList<int> Factors { get; init; } = [1, 2, 4, 8];

        [Setting("pictures in a batch", AtLeast = 1)]
        public int BatchSize { get; init; } = 64;

        [Setting("pictures to train on", AtLeast = 1)]
        public int Pictures { get; init; } = 2000;

        [Setting(OwnData.Meaning)]
        public Choice<DataKind>? Data { get; init; }

        /// <inheritdoc/>
        public void Check(SettingsCheck check) => OwnData.Require(check, Data, DataContent.Pictures, DataContent.Rows);
    }
}
