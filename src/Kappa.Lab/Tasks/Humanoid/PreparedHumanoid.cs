namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>A humanoid task with its demonstrations and starts.</summary>
internal sealed class PreparedHumanoid : PreparedTask
{
    private readonly HumanoidScenario _scenario;
    private readonly HumanoidSettings _settings;
    private readonly Standardization? _standardization;
    private readonly ActionHead _head;
    private readonly CloningRows _training;
    private readonly CloningRows _validation;
    private readonly CloningRows _perturbed;
    private readonly Lazy<IReadOnlyList<FindingSection>> _notes;

    internal PreparedHumanoid(HumanoidScenario scenario, HumanoidSettings settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        _scenario = scenario;
        _settings = settings;
        double share = settings.Demonstrations / (double)(settings.Demonstrations + settings.ValidationDemonstrations);
        var training = scenario.Generate(settings.Demonstrations, 2 * settings.DataSeed, cancellation, Scaled(progress, 0, share));
        var validation = scenario.Generate(settings.ValidationDemonstrations, (2 * settings.DataSeed) + 1, cancellation, Scaled(progress, share, 1));
        _standardization = settings.Standardize ? Standardization.Fit(training.Observations, training.ObservationSize) : null;
        (_training, _validation) = (RowsOf(training), RowsOf(validation));
        _perturbed = _validation.Perturbed(new Philox((ulong)settings.DataSeed).Split("perturbation"));
        _head = ActionHead.Of(
            settings.Head, settings.Chunk * HumanoidScenario.MotorCount, settings.FlowSteps, new Philox((ulong)settings.DataSeed).Split(scenario.Name));
        _notes = new Lazy<IReadOnlyList<FindingSection>>(DescribeReferences);
    }

    public override string MetricName => $"success: alive after {_settings.Seconds.ToString(CultureInfo.InvariantCulture)} s";

    public override bool HigherIsBetter => true;

    public override bool IsShare => true;

    public override string HorizonUnit => "seconds";

    public override IReadOnlyDictionary<string, string> Identity { get; } =
        new[] { HumanoidModelFile.Locate() }.ToDictionary(file => file, FileHash.Of);

    public override int TrainingCount => _training.Count;

    public override InputTransform? CreateWhitening() => _head.Whitening(_training);

    /// <summary>How the expert and a linear least-squares policy do from the same starts.</summary>
    public override IReadOnlyList<FindingSection> Notes => _notes.Value;

    public override Func<Module, Tensor>? HeldOutLoss => model => _head.FixedLoss(model, _validation, _validation.Spread(int.MaxValue));

    /// <summary>Null beside noisy actions, which stand in several rows each.</summary>
    public override Tensor? HeldOutInputs => _head is FlowHead ? null : _validation.Flat();

    public override Func<Module, CancellationToken, double>? PerturbedLoss => (model, cancellation) => _head.MeanLoss(model, _perturbed, cancellation);

    public override Module CreateModel(ModelConfig? model, Philox generator) => _head.ForVectors(
        _scenario.ObservationSize,
        inputs => MlpFactory.Create(inputs, _settings.Chunk * HumanoidScenario.MotorCount, model ?? new ModelConfig(), generator)).Initialize(generator);

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => TrainingLoss(model, indices, 0);

    /// <summary>Against the expert's clean, clipped actions.</summary>
    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step) => _head.TrainingLoss(model, _training, indices, step);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation) => _head.MeanLoss(model, _validation, cancellation);

    /// <summary>Lets the policy control the humanoid from the held-out starts, clean and with control noise; the metric is the share of clean rollouts that
    /// survive.</summary>
    public override Deployment Deploy(Module model, CancellationToken cancellation) =>
        Deploy(Standardized(_head.Policy(model, [_scenario.ObservationSize])), _settings.Chunk, cancellation);

    private Deployment Deploy(ChunkPolicy policy, int chunk, CancellationToken cancellation)
    {
        var options = new RolloutOptions { Starts = _settings.Starts, Seconds = _settings.Seconds, Seed = _settings.DataSeed };
        var clean = _scenario.Evaluate(policy, chunk, options, cancellation);
        var curves = new List<HorizonCurve>
        {
            new("survival", clean.Horizons, clean.SurvivalFraction),
            new("distance from the expert's rollout", clean.Horizons, clean.ExpertDistance, LogScale: true),
            new("pose error (rad)", clean.Horizons, clean.PoseError, LogScale: true),
        };
        var scalars = new Dictionary<string, double>
        {
            ["mean return (s)"] = clean.MeanReturn,
            ["mean survival (s)"] = clean.SurvivalSeconds.Average(),
        };
        if (clean.MeanActionDeviation is { } deviation)
            scalars["action deviation on visited states"] = deviation;
        if (_settings.ControlNoise > 0)
        {
            var noisy = _scenario.Evaluate(policy, chunk, options with { ControlNoise = _settings.ControlNoise }, cancellation);
            curves.Add(new HorizonCurve("survival, control noise", noisy.Horizons, noisy.SurvivalFraction));
            curves.Add(new HorizonCurve("distance from the expert's rollout, control noise", noisy.Horizons, noisy.ExpertDistance, LogScale: true));
            scalars["success, control noise"] = noisy.SuccessFraction;
            scalars["mean return, control noise (s)"] = noisy.MeanReturn;
        }

        return new Deployment(clean.SuccessFraction, curves, scalars);
    }

    private ChunkPolicy Standardized(ChunkPolicy policy) => (step, rollouts, observations, chunks) =>
    {
        float[] standardized = observations.ToArray();
        _standardization?.ApplyInPlace(standardized);
        policy(step, rollouts, standardized, chunks);
    };

    private IReadOnlyList<FindingSection> DescribeReferences()
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        var linear = LeastSquaresPolicy.Fit(_training.Flat(), _training.Targets);
        double validation = linear.Error(_validation.Flat(), _validation.Targets);
        var fitted = Deploy(
            Standardized((_, rollouts, observations, chunks) => linear.Act(observations, rollouts.Length, chunks)), _settings.Chunk, CancellationToken.None);
        var act = _scenario.ExpertPolicy();
        var expert = Deploy((_, rollouts, observations, actions) => act(observations, rollouts.Length, actions), 1, CancellationToken.None);
        return
        [
            new FindingSection(
                "References",
                "The expert is linear up to clipping, so a linear least-squares policy is a strong reference: what a network is to be held against.")
            {
                Table = new FindingTable(
                    ["policy", "mean squared error", "success", "success, control noise"],
                    [Row("expert", "0", expert), Row("linear least squares", validation.ToString("G3", CultureInfo.InvariantCulture), fitted)]),
            },
        ];
    }

    private static string[] Row(string policy, string validation, Deployment deployment) =>
    [
        policy, validation, deployment.Metric.ToString("F2", CultureInfo.InvariantCulture),
        deployment.Scalars.TryGetValue("success, control noise", out double noisy) ? noisy.ToString("F2", CultureInfo.InvariantCulture) : "not run",
    ];

    private CloningRows RowsOf(DemonstrationSet demonstrations)
    {
        float[] seen = [.. demonstrations.Observations];
        _standardization?.ApplyInPlace(seen);
        return CloningRows.Of(demonstrations with { Observations = seen }, _settings.Chunk, 1, 1, [demonstrations.ObservationSize]);
    }

    private static DirectProgress<double>? Scaled(IProgress<double>? progress, double from, double to) =>
        progress is null ? null : new(share => progress.Report(from + (share * (to - from))));
}
