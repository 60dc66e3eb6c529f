namespace Kappa.Lab.Tests.Studies.Compare;

/// <summary>A small regression that prepares at once: what runner, report and selection are tested on.</summary>
internal sealed class ToyTask : LabTask
{
    public override string Name => "toy";

    public override string Summary => "A regression for tests.";

    public override SettingsType SettingsType => SettingsOf<ToySettings>.Type;

    protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
        new PreparedToy(((ToySettings)settings).Examples);
}

internal sealed record ToySettings
{
    [Setting("training examples", AtLeast = 1)]
    public int Examples { get; init; } = 40;

    [Setting("standard deviation of the targets' noise", AtLeast = 0)]
    public double Noise { get; init; } = 0.1;

    [Setting("which function", OneOf = ["smooth", "rough"])]
    public string Kind { get; init; } = "smooth";
}

internal sealed class PreparedToy : PreparedTask
{
    private readonly Tensor _inputs;
    private readonly Tensor _targets;

    internal PreparedToy(int examples = 40)
    {
        var generator = new Philox(7);
        _inputs = Tensor.Normal([examples, 3], generator.Split("inputs"), mean: 1);
        _targets = Tensor.Normal([examples, 1], generator.Split("targets"));
    }

    /// <summary>Called before each step, with the number of steps asked for so far by all trials.</summary>
    internal Action<int>? OnStep { get; set; }

    internal Func<ReadOnlySpan<int>, bool>? Poisoned { get; set; }

    /// <summary>What each trial's model is put into.</summary>
    internal Func<Module, Module>? Around { get; set; }

    internal string MetricTitle { get; set; } = "toy score";

    internal IReadOnlyList<FindingSection> ToyNotes { get; set; } = [];

    private int _steps;

    public override string MetricName => MetricTitle;

    public override bool HigherIsBetter => false;

    public override string HorizonUnit => "steps";

    public override int TrainingCount => _inputs.Shape[0];

    public override InputTransform? CreateWhitening() => InputTransform.Whitening(_inputs);

    public override IReadOnlyList<FindingSection> Notes => ToyNotes;

    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        var made = MlpFactory.Create(3, 1, model ?? new ModelConfig { Hidden = [8, 8] }, generator);
        return Around?.Invoke(made) ?? made;
    }

    /// <summary>Called with the number of each step of a trial.</summary>
    internal Action<long>? OnStepNumber { get; set; }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step)
    {
        OnStepNumber?.Invoke(step);
        return TrainingLoss(model, indices);
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices)
    {
        OnStep?.Invoke(Interlocked.Increment(ref _steps));
        var rows = Tensor.From(indices, [indices.Length]);
        var loss = Loss.MeanSquaredError(model.Forward(_inputs.Gather(rows)), _targets.Gather(rows));
        return Poisoned?.Invoke(indices) == true ? loss * double.NaN : loss;
    }

    /// <summary>Called in the midst of each evaluation.</summary>
    internal Action? OnValidation { get; set; }

    public override double ValidationLoss(Module model, CancellationToken cancellation)
    {
        OnValidation?.Invoke();
        cancellation.ThrowIfCancellationRequested();
        return ValidationLoss(model);
    }

    public override double ValidationLoss(Module model) => Loss.MeanSquaredError(model.Forward(_inputs), _targets).ToDouble();

    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        double score = model.Forward(_inputs).Sum().ToDouble();
        return new Deployment(
            Math.Abs(score),
            [new HorizonCurve("toy curve", [1, 2, 4], [score, score * score, Math.Abs(score) + 1])],
            new Dictionary<string, double> { ["sum"] = score });
    }
}
