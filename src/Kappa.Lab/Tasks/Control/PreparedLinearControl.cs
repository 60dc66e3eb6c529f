using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>The linear-control task with its plant, demonstrator and demonstrations drawn. Models train in float32; everything that is reported is computed in
/// float64.</summary>
internal sealed class PreparedLinearControl : PreparedTask
{
    private const string FeatureLayer = "features";
    private const string ActionLayer = "actions";

    private readonly LinearControlSettings _settings;
    private readonly Matrix<double> _inputTransform;
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly Tensor _heldOutInputs;
    private readonly Tensor _heldOutTargets;
    private readonly Tensor _perturbedInputs;
    private readonly double[] _referenceCosts;
    private readonly double[] _horizons;
    private readonly Lazy<PolicyPair> _pair;

    internal PreparedLinearControl(LinearControlSettings settings)
    {
        _settings = settings;
        var generator = new Philox((ulong)settings.SystemSeed);
        System = LinearSystem.Draw(settings.States, settings.Actions, settings.SpectralRadius, generator.Split("system"));
        DemonstratorGain = Demonstrator.Solve(System, settings.Rank);
        Demonstrations = Demonstrations.Draw(DemonstratorGain, settings, generator.Split("demonstrations"));
        _inputTransform = InputMatrix(settings.Inputs, Demonstrations);
        _inputs = Demonstrations.TrainingStates.Mapped(_inputTransform).ToTensor();
        _targets = Demonstrations.TrainingActions.ToTensor();
        _heldOutInputs = Demonstrations.ValidationStates.Mapped(_inputTransform).ToTensor();
        _heldOutTargets = Demonstrations.ValidationActions.ToTensor();
        _perturbedInputs = InputNoise.Added(_heldOutInputs, generator.Split("perturbation"));
        _referenceCosts = ClosedLoopCost.AtHorizons(System, DemonstratorGain, settings.Horizon);
        _horizons = [.. Enumerable.Range(1, settings.Horizon).Select(t => (double)t)];
        _pair = new Lazy<PolicyPair>(() => ConstructedPair.Construct(System, DemonstratorGain, Demonstrations, settings.Horizon));
    }

    public override string MetricName => "closed-loop cost over the demonstrator's";

    public override bool HigherIsBetter => false;

    public override string HorizonUnit => "steps";

    public override int TrainingCount => _settings.Examples;

    public override IReadOnlyList<FindingSection> Notes => [PairNote()];

    public override Func<Module, Tensor>? HeldOutLoss => model => model.SquaredError(_heldOutInputs, _heldOutTargets);

    public override Tensor? HeldOutInputs => _heldOutInputs;

    public override Func<Module, CancellationToken, double>? PerturbedLoss =>
        (model, _) => model.SquaredError(_perturbedInputs, _heldOutTargets).ToDouble();

    /// <summary>Two policies for this plant that validation loss ranks the wrong way round.</summary>
    internal PolicyPair Pair => _pair.Value;

    internal LinearSystem System { get; }

    internal Matrix<double> DemonstratorGain { get; }

    internal Demonstrations Demonstrations { get; }

    /// <summary>Makes the learner K = F G: a linear layer named <c>features</c> (G) and one named <c>actions</c> (F), without bias.</summary>
    /// <exception cref="ConfigException">A model was given: the learner is linear, so that its closed loop can be computed exactly.</exception>
    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        if (model is not null)
        {
            throw new ConfigException(
                $"model: {LinearControlTask.TaskName} has a learner of its own, two linear layers without bias; "
                + "leave \"model\" out and choose the width by task.hidden");
        }

        var learner = new Sequential(
            (FeatureLayer, new Linear(_settings.States, _settings.Hidden, bias: false)),
            (ActionLayer, new Linear(_settings.Hidden, _settings.Actions, bias: false)));
        return learner.Initialize(generator);
    }

    /// <summary>PCA whitening by the covariance that the demonstrations are drawn from. They have mean zero, so that the policy stays linear.</summary>
    public override InputTransform? CreateWhitening()
    {
        var whitening = InputMatrix(LinearControlSettings.WhitenedInputs, Demonstrations) * _inputTransform.Inverse();
        float[] values = [.. whitening.ToRowMajorArray().Select(value => (float)value)];
        return new InputTransform(Tensor.Zeros([_settings.States]), Tensor.From(values, [_settings.States, _settings.States]));
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices)
    {
        var rows = Tensor.From(indices, [indices.Length]);
        return model.SquaredError(_inputs.Gather(rows), _targets.Gather(rows));
    }

    /// <summary>The mean squared error on the validation examples, noise on the actions included. Infinite when the model's weights are not finite.</summary>
    public override double ValidationLoss(Module model)
    {
        double loss = Demonstrations.ValidationStates.Mapped(Gain(model)).MeanSquaredDifference(Demonstrations.ValidationActions);
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    /// <summary>The cost of the learned policy's closed loop over the demonstrator's, exactly, at horizons 1 to the setting.</summary>
    /// <returns>The metric is the ratio at the last horizon. Ratios are cut at 1e12. Of the scalars, <c>expected excess loss</c> is over all states that
    /// demonstrations could show, without noise; <c>subspace distance</c> the sine of the largest angle between the features used and the demonstrator's;
    /// <c>unstable</c> 1 where the spectral radius is 1 or more. Weights that are not finite give the worst value of each.</returns>
    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        var gain = Gain(model);
        bool isFinite = gain.Enumerate().All(double.IsFinite);
        double[] ratios = isFinite
            ? [.. ClosedLoopCost.AtHorizons(System, gain, _settings.Horizon)
                .Zip(_referenceCosts, (cost, reference) => cost < ClosedLoopCost.Cap ? Capped(cost / reference) : ClosedLoopCost.Cap)]
            : [.. Enumerable.Repeat(ClosedLoopCost.Cap, _settings.Horizon)];
        double radius = isFinite ? Capped(LinearSystem.SpectralRadius(System.ClosedLoop(gain))) : ClosedLoopCost.Cap;
        var scalars = new Dictionary<string, double>
        {
            ["validation loss"] = Capped(ValidationLoss(model)),
            ["expected excess loss"] = Capped(ConstructedPair.ExcessLoss(gain, DemonstratorGain, Demonstrations.Covariance)),
            ["subspace distance"] = isFinite ? FeatureSubspace.Distance(gain, DemonstratorGain, _settings.Rank) : 1,
            ["spectral radius"] = radius,
            ["unstable"] = radius < 1 ? 0 : 1,
        };
        return new Deployment(ratios[^1], [new HorizonCurve("cost over the demonstrator's", _horizons, ratios, LogScale: true)], scalars);
    }

    /// <summary>The learned K, from states to actions, <c>[actions, states]</c>, in float64.</summary>
    internal Matrix<double> Gain(Module model) => model is TransformedModel transformed
        ? LayerProduct(transformed.Model) * ToMatrix(transformed.Transform.Matrix) * _inputTransform
        : LayerProduct(model) * _inputTransform;

    private static Matrix<double> LayerProduct(Module model)
    {
        var weights = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Tensor);
        const string Features = $"{FeatureLayer}.weight", Actions = $"{ActionLayer}.weight";
        return weights.Count == 2 && weights.TryGetValue(Features, out var features) && weights.TryGetValue(Actions, out var actions)
            ? ToMatrix(actions) * ToMatrix(features)
            : throw new ArgumentException(
                $"expected a model made by CreateModel, with the parameters {Features} and {Actions}; got {string.Join(", ", weights.Keys)}", nameof(model));
    }

    private FindingSection PairNote()
    {
        var pair = Pair;
        int[] shown = [.. new[] { 1, 10, 30, 100, 300, 1000 }.Where(horizon => horizon <= pair.FragileCosts.Length)];
        static FindingCell Text(double value) => FindingCell.Of(value, "G4");
        FindingCell[] Row(string errs, double loss, double[] costs) => [errs, Text(loss), .. shown.Select(horizon => Text(costs[horizon - 1]))];
        return new FindingSection(
            "Two policies that validation loss ranks the wrong way round", $"Constructed, not trained, for the plant of this run. {pair.Sentence}")
        {
            Table = new FindingTable(
                ["Policy", "Expected validation loss", .. shown.Select(horizon => $"Cost over the demonstrator's at {horizon}")],
                (FindingCell[][])[
                    Row("Errs where demonstrations hardly vary", pair.FragileValidationLoss, pair.FragileCosts),
                    Row("Errs where demonstrations vary most", pair.RobustValidationLoss, pair.RobustCosts),
                ]),
        };
    }

    private static double Capped(double value) => value < ClosedLoopCost.Cap ? value : ClosedLoopCost.Cap;

    private static Matrix<double> InputMatrix(string inputs, Demonstrations demonstrations) => inputs switch
    {
        LinearControlSettings.WhitenedInputs =>
            Matrix<double>.Build.DenseOfDiagonalVector(demonstrations.Variances.PointwisePower(-0.5)) * demonstrations.Basis.Transpose(),
        LinearControlSettings.StandardizedInputs => Matrix<double>.Build.DenseOfDiagonalVector(demonstrations.Covariance.Diagonal().PointwisePower(-0.5)),
        _ => Matrix<double>.Build.DenseIdentity(demonstrations.Covariance.RowCount),
    };

    private static Matrix<double> ToMatrix(Tensor tensor)
    {
        double[] values = Array.ConvertAll(tensor.ToArray<float>(), value => (double)value);
        return Matrix<double>.Build.DenseOfRowMajor(tensor.Shape[0], tensor.Shape[1], values);
    }
}
