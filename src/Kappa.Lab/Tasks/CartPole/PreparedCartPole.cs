namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The cart-pole with its demonstrations and starts.</summary>
internal sealed class PreparedCartPole : PreparedTask
{
    // Examples of pictures that a loss with gradients takes at once.
    private const int HeldOutPictures = 256;
    private const int FilmRollouts = 3;
    private const string NoisySuccess = "success, control noise";

    private readonly CartPoleScenario _scenario = new();
    private readonly CartPoleSettings _settings;
    private readonly CartPoleEye _eye;
    private readonly ActionHead _head;
    private readonly CloningRows _training;
    private readonly CloningRows _validation;
    private readonly int[] _heldOut;
    private readonly int _drawnAnew;
    private readonly Lazy<CloningRows> _perturbed;
    private readonly Lazy<IReadOnlyList<FindingSection>> _notes;

    internal PreparedCartPole(CartPoleSettings settings, IProgress<double>? progress, CancellationToken cancellation)
    {
        _settings = settings;
        var generator = new Philox((ulong)settings.DataSeed).Split(CartPoleTask.TaskName);
        _head = ActionHead.Of(settings.Head, settings.Chunk, settings.FlowSteps, generator);
        var options = new RolloutOptions { Seconds = settings.Seconds, ControlNoise = settings.DemonstrationNoise, Seed = settings.DataSeed };
        double share = settings.Demonstrations / (double)(settings.Demonstrations + settings.ValidationDemonstrations);
        var training = CartPoleScenario.Demonstrate(
            settings.Demonstrations, options, "training", cancellation, progress is null ? null : new DirectProgress<double>(
                done => progress.Report(done * share)));
        var validation = CartPoleScenario.Demonstrate(
            settings.ValidationDemonstrations, options, "validation", cancellation, progress is null ? null : new DirectProgress<double>(
                done => progress.Report(share + (done * (1 - share)))));
        _drawnAnew = training.DrawnAnew + validation.DrawnAnew;
        _eye = settings.ArePictures ? CartPoleEye.OfPictures(settings.Side, settings.Frames, settings.FrameEvery)
            : !settings.Standardize ? CartPoleEye.OfState
            : CartPoleEye.OfState.With(Standardization.Fit(training.SeenBy(CartPoleEye.OfState).Observations, CartPoleEye.OfState.Size));
        (_training, _validation) = (RowsOf(training), RowsOf(validation));
        _heldOut = _validation.Spread(settings.ArePictures ? HeldOutPictures : int.MaxValue);
        _perturbed = new(() => _validation.Perturbed(generator.Split("perturbation")));
        _notes = new(DescribeReferences);
    }

    public override string MetricName => _settings.Metric == CartPoleSettings.Return
        ? Figures.Say($"mean return as a share of {_settings.Seconds} s")
        : Figures.Say($"success: upright from {_settings.Seconds - CartPoleScenario.HoldSeconds} to {_settings.Seconds} s");

    public override bool HigherIsBetter => true;

    public override bool IsShare => true;

    public override string HorizonUnit => "seconds";

    public override IReadOnlyDictionary<string, string> Identity { get; } =
        new Dictionary<string, string> { [CartPolePhysics.FileName] = CartPolePhysics.Fingerprint };

    public override int TrainingCount => _training.Count;

    /// <summary>PCA of what the network sees of states; pictures are not whitened.</summary>
    public override InputTransform? CreateWhitening() => _settings.ArePictures ? null : _head.Whitening(_training);

    /// <summary>How the expert and a linear least-squares policy do from the same starts.</summary>
    public override IReadOnlyList<FindingSection> Notes => _notes.Value;

    public override Func<Module, Tensor>? HeldOutLoss => model => _head.FixedLoss(model, _validation, _heldOut);

    /// <summary>States; null for pictures, and beside noisy actions, which stand in several rows each.</summary>
    public override Tensor? HeldOutInputs => _settings.ArePictures || _head is FlowHead ? null : _validation.Observations(_heldOut);

    public override Func<Module, CancellationToken, double>? PerturbedLoss =>
        (model, cancellation) => _head.MeanLoss(model, _perturbed.Value, cancellation);

    /// <summary>Makes the network: of states a perceptron, of pictures three convolutions whose positions a hidden layer sees all.</summary>
    /// <exception cref="ConfigException">Two networks were asked for.</exception>
    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        if (model is not null && _settings.Network is { } given)
            throw new ConfigException($"model: it is an mlp, and task.network is {given.Name}; leave one of them out");
        var shape = _head.InputShape(_eye.Shape);
        if (shape.Rank == 1)
            return _head.ForVectors(_eye.Shape[0], Vectors).Initialize(generator);
        if (_settings.Network is { } network && !network.Kind.TakesVectors)
            return network.Kind.Create(network.Settings, shape, _settings.Chunk, generator);
        return model is null && _settings.Network is null
            ? new ConvolutionKind().Create(DefaultConvolution, shape, _settings.Chunk, generator)
            : new Sequential(new Flatten(), Vectors(shape.Count)).Initialize(generator);

        Module Vectors(int inputs) => _settings.Network is { } named
            ? named.Kind.Create(named.Settings, [inputs], _settings.Chunk, generator)
            : MlpFactory.Create(inputs, _settings.Chunk, model ?? new ModelConfig(), generator);
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => TrainingLoss(model, indices, 0);

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step) => _head.TrainingLoss(model, _training, indices, step);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation) => _head.MeanLoss(model, _validation, cancellation);

    /// <summary>Lets the policy swing up the pole from held-out starts, clean and with control noise.</summary>
    public override Deployment Deploy(Module model, CancellationToken cancellation) => Deploy(_head.Policy(model, _eye.Shape), cancellation);

    private static ConvolutionSettings DefaultConvolution { get; } = new() { Channels = [8, 16, 16], Flatten = true, Hidden = [64] };

    private Deployment Deploy(ChunkPolicy policy, CancellationToken cancellation)
    {
        var clean = _scenario.Evaluate(policy, _eye, _settings.Chunk, Options(0), cancellation);
        var curves = new List<HorizonCurve>
        {
            new("upright", clean.Horizons, clean.Upright),
            new("mean return (s)", clean.Horizons, clean.MeanReturns),
            new("tip's distance from the expert's (m)", clean.Horizons, clean.TipDistance, LogScale: true),
        };
        var scalars = new Dictionary<string, double>
        {
            ["mean return (s)"] = clean.MeanReturns[^1],
            ["left the track"] = clean.ShareOf(CartPoleEnding.LeftTrack),
            ["not finite"] = clean.ShareOf(CartPoleEnding.NonFiniteAction) + clean.ShareOf(CartPoleEnding.Diverged),
        };
        if (_settings.ControlNoise > 0)
        {
            var noisy = _scenario.Evaluate(policy, _eye, _settings.Chunk, Options(_settings.ControlNoise), cancellation);
            curves.Add(new HorizonCurve("upright, control noise", noisy.Horizons, noisy.Upright));
            scalars[NoisySuccess] = noisy.Success;
            scalars["mean return, control noise (s)"] = noisy.MeanReturns[^1];
        }
        if (_settings.Metric == CartPoleSettings.Return)
            scalars[CartPoleSettings.Success] = clean.Success;
        double metric = _settings.Metric == CartPoleSettings.Return ? clean.MeanReturns[^1] / _settings.Seconds : clean.Success;
        return new Deployment(metric, curves, scalars) { Pictures = [Film(clean.Rollouts)] };
    }

    private GreyPicture Film(IReadOnlyList<CartPoleRollout> rollouts)
    {
        var shown = rollouts.Take(FilmRollouts).ToArray();
        int[] steps = [0, .. new RolloutOptions { Seconds = _settings.Seconds }.HorizonSteps(CartPoleModel.Timestep)];
        string seen = _settings.ArePictures ? "as the policy sees it" : "drawn for the report alone";
        return new CartPoleArtist(_settings.Side).Film(shown, steps, $"the first {shown.Length} starts, a picture every half second, {seen}");
    }

    private RolloutOptions Options(double noise) =>
        new() { Starts = _settings.Starts, Seconds = _settings.Seconds, ControlNoise = noise, Seed = _settings.DataSeed };

    private CloningRows RowsOf(CartPoleStarts starts) => CloningRows.Of(starts.SeenBy(_eye), _settings.Chunk, _eye.Stack, _eye.Every, _eye.Shape);

    private IReadOnlyList<FindingSection> DescribeReferences()
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        var linear = LeastSquaresPolicy.Fit(_training.Flat(), _training.Targets);
        double error = linear.Error(_validation.Flat(), _validation.Targets);
        var fitted = Deploy((_, rollouts, observations, chunks) => linear.Act(observations, rollouts.Length, chunks), CancellationToken.None);
        var starts = _scenario.StartsOf(Options(0), CancellationToken.None);
        string pictures = !_settings.ArePictures ? ""
            : " Pictures are drawn by the lab's own canvas and not by MuJoCo's OpenGL, so that every machine sees the same pixels.";
        return
        [
            new FindingSection(
                "References",
                "The expert plans ahead and is not linear: a linear least-squares policy says what a trivial model does. "
                + Figures.Say($"Of {_settings.Demonstrations + _settings.ValidationDemonstrations + _drawnAnew} demonstrations {_drawnAnew} were not ")
                + Figures.Say($"completed by the expert and drawn anew; of {starts.Drawn} starts without noise it did not complete {starts.DrawnAnew}.")
                + pictures)
            {
                Table = new FindingTable(
                    ["policy", "mean squared error", "success", NoisySuccess],
                    [
                        ["expert", "0", "1, by choice of the starts", _settings.ControlNoise > 0 ? "1, by choice of the starts" : "not run"],
                        [
                            "linear least squares", error.ToString("G3", CultureInfo.InvariantCulture),
                            Share(fitted.Scalars.GetValueOrDefault(CartPoleSettings.Success, fitted.Metric)),
                            fitted.Scalars.TryGetValue(NoisySuccess, out double noisy) ? Share(noisy) : "not run",
                        ],
                    ]),
            },
        ];
    }

    private static string Share(double share) => share.ToString("F2", CultureInfo.InvariantCulture);
}
