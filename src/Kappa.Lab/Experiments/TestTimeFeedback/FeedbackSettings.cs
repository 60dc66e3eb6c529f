namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Settings of a study of test-time feedback: a task, the optimizers on it, and how their rates are chosen.</summary>
internal sealed record FeedbackSettings : ICheckedSettings
{
    internal const string Whitened = "whitened";
    internal const string FirstLayer = "first";
    internal const string HiddenLayers = "hidden";
    internal const string Longer = "longer";

    [Setting("the task, with its settings")]
    public required Choice<LabTask> Task { get; init; }

    [Setting("the network; left out, the task chooses")]
    public ModelConfig? Model { get; init; }

    [Setting("base optimizers; each runs with and without activation preconditioning")]
    public required IReadOnlyList<BaseOptimizer> Optimizers { get; init; }

    [Setting("the learning rates to begin with, of optimizers that give none of their own", AtLeast = 0, OnceEach = true)]
    public IReadOnlyList<double> LearningRates { get; init; } = [1e-3, 3e-3, 1e-2, 3e-2];

    [Setting("weight decays, each with every rate; none leaves every optimizer its own", AtLeast = 0, OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<double> WeightDecays { get; init; } = [];

    [Setting("how many rates are added at most where the best one is at the edge of those tried", AtLeast = 0, AtMost = 20)]
    public int Extensions { get; init; } = 4;

    [Setting("activation preconditioning's")]
    public DoPrOptions ActivationPreconditioning { get; init; } = new();

    [Setting(
        "controls of the first optimizer: its inputs whitened, preconditioning of the first layer or of the hidden layers alone, more steps without it",
        OneOf = [Whitened, FirstLayer, HiddenLayers, Longer], OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<string> Controls { get; init; } = [];

    [Setting(
        "steps of the control longer, over those of the others; measured takes as many as the time of the first optimizer with activation preconditioning "
        + "allows",
        Above = 1, AtMost = 1000, ZeroText = "measured")]
    public double LongerBy { get; init; }

    [Setting("values of activation preconditioning that are varied alone, in front of the first optimizer")]
    public AblationSettings Ablations { get; init; } = new();

    [Setting("steps of training", AtLeast = 1, AtMost = ComparisonConfig.MaximumSteps)]
    public int Steps { get; init; } = 300;

    [Setting("examples in a step", AtLeast = 1)]
    public int BatchSize { get; init; } = 64;

    [Setting("how the learning rate changes")]
    public ScheduleConfig Schedule { get; init; } = new();

    [Setting("seeds that choose the rates; they are not among the reported ones", AtLeast = 1, AtMost = 10_000)]
    public int TuningSeeds { get; init; } = 2;

    [Setting("seeds that are reported", AtLeast = 2, AtMost = 10_000)]
    public int Seeds { get; init; } = 5;

    /// <summary>Whether the steps of the control longer follow from measured times.</summary>
    internal bool MeasuresLonger => LongerBy == 0 && Controls.Contains(Longer);

    /// <summary>What runs, each with the reference it is held against.</summary>
    internal IReadOnlyList<FeedbackMethod> Methods => FeedbackMethod.Of(this);

    public void Check(SettingsCheck check)
    {
        Schedule.RequireWarmupBelow(Steps);
        check.Require(
            ActivationPreconditioning.Layers == LayerSelection.All, nameof(ActivationPreconditioning),
            "all layers, since a part of them is a control", ActivationPreconditioning.Layers);
        if (Methods.GroupBy(method => method.Key).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw check.Fault(nameof(Optimizers), $"expected different ones; got {twice.First().Title} twice");
        foreach (var method in Methods)
            check.Library(() => method.Require(check));
    }
}
