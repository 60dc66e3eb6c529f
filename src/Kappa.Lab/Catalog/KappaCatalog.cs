namespace Kappa.Lab.Catalog;

/// <summary>Everything that a config or a command may name, each in the order to list it: the only place that knows them all.</summary>
public static class KappaCatalog
{
    private static readonly IReadOnlyList<Kind> Kinds =
    [
        new LinearControlTask(),
        HumanoidTask.Squat,
        HumanoidTask.Balance,
        new CartPoleTask(),
        new TextTask(),
        new ArithmeticTask(),
        new PredictionTask(),
        new FlowTask(),
        TextDataKind.BrownCorpus,
        TextDataKind.Files,
        PictureDataKind.FashionMnist,
        PictureDataKind.HandwrittenDigits,
        TableDataKind.Csv,
        TableDataKind.Parquet,
        TableDataKind.Numpy,
        new FolderDataKind(),
        new TransformerKind(),
        new PerceptronKind(),
        new ConvolutionKind(),
        new ResNetKind(),
        .. OptimizerCatalog.All,
    ];

    private static readonly IReadOnlyList<Experiment> Feedback = FeedbackCatalog.Of(new Choices(Kinds));

    /// <summary>Tasks, data sets, networks, optimizers, remedies and experiments.</summary>
    public static Choices Choices { get; } = new(
    [
        .. Kinds,
        .. Feedback,
        new ChunkExperiment(Feedback.OfType<TestTimeFeedbackExperiment>().Single(study => study.Name == CartPoleTask.TaskName)),
        new TwoMoonsExperiment(),
        new AutoencoderExperiment(),
        new DepthExperiment(),
        new ConvolutionExperiment(),
        new InitialisationExperiment(),
        new OptimizersExperiment(),
        new PretrainedExperiment(),
        .. ContinualExperiment.All,
        new RevivalExperiment(),
        new ReinforcementExperiment(),
        DecayExperiment.OfNetworks,
        new RatioExperiment(),
        new TaylorExperiment(),
        new ConvergenceExperiment(),
        new RobustnessExperiment(),
        new StagesExperiment(),
        DecayExperiment.OfOptimizers,
        new TogetherExperiment(),
    ]);
}
