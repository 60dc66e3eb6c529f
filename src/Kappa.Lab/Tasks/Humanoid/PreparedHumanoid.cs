namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>A humanoid task with its demonstrations and starts.</summary>
internal sealed class PreparedHumanoid : PreparedTask
{
    private readonly HumanoidScenario _scenario;
    private readonly HumanoidSettings _settings;
    private readonly Standardization? _standardization;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly Tensor _validationInputs;
    private readonly Tensor _validationTargets;
    private readonly Tensor _perturbedInputs;
    private readonly Lazy<IReadOnlyList<FindingSection>> _notes;

    internal PreparedHumanoid(HumanoidScenario scenario, HumanoidSettings settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        _scenario = scenario;
        _settings = settings;
        double share = settings.Demonstrations / (double)(settings.Demonstrations + settings.ValidationDemonstrations);
        var training = scenario.Generate(settings.Demonstrations, 2 * settings.DataSeed, cancellation, Scaled(progress, 0, share));
        var validation = scenario.Generate(settings.ValidationDemonstrations, (2 * settings.DataSeed) + 1, cancellation, Scaled(progress, share, 1));
        _standardization = settings.Standardize ? Standardization.Fit(training.Observations, training.ObservationSize) : null;
        (_inputs, _targets) = ToTensors(training);
        (_validationInputs, _validationTargets) = ToTensors(validation);
        _perturbedInputs = InputNoise.Added(_validationInputs, new Philox((ulong)settings.DataSeed).Split("perturbation"));
        _notes = new Lazy<IReadOnlyList<FindingSection>>(DescribeReferences);
    }

    public override string MetricName => $"success: alive after {_settings.Seconds.ToString(CultureInfo.InvariantCulture)} s";

    public override bool HigherIsBetter => true;

    public override string HorizonUnit => "seconds";

    public override IReadOnlyDictionary<string, string> Identity { get; } =
        new[] { HumanoidModelFile.Locate() }.ToDictionary(file => file, FileHash.Of);

    public override int TrainingCount => _inputs.Shape[0];

    public override InputTransform? CreateWhitening() => InputTransform.Whitening(_inputs);

    /// <summary>How the expert and a linear least-squares policy do from the same starts.</summary>
    public override IReadOnlyList<FindingSection> Notes => _notes.Value;

    public override Func<Module, Tensor>? HeldOutLoss => model => Loss.MeanSquaredError(model.Forward(_validationInputs), _validationTargets);

    public override Tensor? HeldOutInputs => _validationInputs;

    public override Func<Module, CancellationToken, double>? PerturbedLoss =>
        (model, _) => Loss.MeanSquaredError(model.Forward(_perturbedInputs), _validationTargets).ToDouble();

    public override Module CreateModel(ModelConfig? model, Philox generator) =>
        MlpFactory.Create(_scenario.ObservationSize, HumanoidScenario.MotorCount, model ?? new ModelConfig(), generator);

    /// <summary>The mean squared error against the expert's clean, clipped actions.</summary>
    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices)
    {
        var rows = Tensor.From(indices, [indices.Length]);
        return Loss.MeanSquaredError(model.Forward(_inputs.Gather(rows)), _targets.Gather(rows));
    }

    public override double ValidationLoss(Module model)
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        return Loss.MeanSquaredError(model.Forward(_validationInputs), _validationTargets).ToDouble();
    }

    /// <summary>Lets the policy control the humanoid from the held-out starts, clean and with control noise; the metric is the share of clean rollouts that
    /// survive.</summary>
    public override Deployment Deploy(Module model, CancellationToken cancellation) => Deploy(AsPolicy(model), cancellation);

    private Deployment Deploy(PolicyFunction policy, CancellationToken cancellation)
    {
        var options = new RolloutOptions { Starts = _settings.Starts, Seconds = _settings.Seconds, Seed = _settings.DataSeed };
        var clean = _scenario.Evaluate(policy, options, cancellation);
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
            var noisy = _scenario.Evaluate(policy, options with { ControlNoise = _settings.ControlNoise }, cancellation);
            curves.Add(new HorizonCurve("survival, control noise", noisy.Horizons, noisy.SurvivalFraction));
            curves.Add(new HorizonCurve("distance from the expert's rollout, control noise", noisy.Horizons, noisy.ExpertDistance, LogScale: true));
            scalars["success, control noise"] = noisy.SuccessFraction;
            scalars["mean return, control noise (s)"] = noisy.MeanReturn;
        }

        return new Deployment(clean.SuccessFraction, curves, scalars);
    }

    private PolicyFunction AsPolicy(Module model) => (observations, batch, actions) =>
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        var input = Tensor.From(observations, [batch, _scenario.ObservationSize]);
        _standardization?.ApplyInPlace(input.Values<float>());
        model.Forward(input).ReadOnlyValues<float>().CopyTo(actions);
    };

    private IReadOnlyList<FindingSection> DescribeReferences()
    {
        var linear = LeastSquaresPolicy.Fit(_inputs, _targets);
        using var scope = TensorScope.Begin();
        double validation = linear.Error(_validationInputs, _validationTargets);
        var fitted = Deploy(
            (observations, batch, actions) =>
            {
                float[] standardized = observations.ToArray();
                _standardization?.ApplyInPlace(standardized);
                linear.Act(standardized, batch, actions);
            },
            CancellationToken.None);
        var expert = Deploy(_scenario.ExpertPolicy(), CancellationToken.None);
        return
        [
            new FindingSection(
                "References",
                "The expert is linear up to clipping, so a linear least-squares policy is a strong reference: what a network is to be held against.")
            {
                Table = new FindingTable(
                    ["policy", "validation loss", "success", "success, control noise"],
                    [Row("expert", "0", expert), Row("linear least squares", validation.ToString("G3", CultureInfo.InvariantCulture), fitted)]),
            },
        ];
    }

    private static string[] Row(string policy, string validation, Deployment deployment) =>
    [
        policy, validation, deployment.Metric.ToString("F2", CultureInfo.InvariantCulture),
        deployment.Scalars.TryGetValue("success, control noise", out double noisy) ? noisy.ToString("F2", CultureInfo.InvariantCulture) : "not run",
    ];

    private (Tensor Inputs, Tensor Targets) ToTensors(DemonstrationSet demonstrations)
    {
        var inputs = Tensor.From(demonstrations.Observations, [demonstrations.Count, demonstrations.ObservationSize]).Keep();
        _standardization?.ApplyInPlace(inputs.Values<float>());
        return (inputs, Tensor.From(demonstrations.Actions, [demonstrations.Count, demonstrations.ActionSize]).Keep());
    }

    private static DirectProgress<double>? Scaled(IProgress<double>? progress, double from, double to) =>
        progress is null ? null : new(share => progress.Report(from + (share * (to - from))));
}
