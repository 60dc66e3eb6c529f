using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Flow;

/// <summary>Flow matching with its examples and its judge ready.</summary>
internal sealed class PreparedFlow : PreparedTask
{
    private const int ValidationBatch = 250;
    private const int MostWhitened = 10_000;
    private const int HeldOutPairs = 500;

    private readonly FlowSettings _settings;
    private readonly PointSet _examples;
    private readonly FlowPairs _training;
    private readonly FlowPairs _validation;
    private readonly FlowJudge _judge;
    private readonly PointSet _noise;
    private readonly int[] _steps;
    private readonly Lazy<(Tensor Mean, Tensor Matrix)> _whitening;
    private readonly Lazy<(Tensor Inputs, Tensor Perturbed, Tensor Targets)> _heldOut;
    private readonly Lazy<IReadOnlyList<FindingSection>> _notes;

    internal PreparedFlow(FlowSettings settings, PointSet training, PointSet validation, FlowJudge judge, Philox generator)
    {
        (_settings, _examples, _judge) = (settings, training, judge);
        int most = FlowSettings.MostPairs / training.Count;
        if (settings.Draws > most)
            throw new ConfigException($"task.draws: expected at most {most} for {training.Count} examples; got {settings.Draws}");
        _training = new FlowPairs(training, settings.Draws, areTimesEven: false, generator.Split("training pairs"));
        _validation = new FlowPairs(validation.First(settings.ValidationExamples), 1, areTimesEven: true, generator.Split("validation pairs"));
        _noise = PointSet.Normal(settings.Samples, training.Dimension, generator.Split("samples"));
        _steps = [.. settings.Steps.Order()];
        _whitening = new(Whitening);
        _heldOut = new(() => HeldOut(generator.Split("perturbation")));
        _notes = new(() => [References(generator.Split("references"))]);
    }

    public override string MetricName
    {
        get
        {
            string steps = _settings.DeployAt == 1 ? "step" : "steps";
            return string.Create(CultureInfo.InvariantCulture, $"{_judge.Figures[0].Name}, {_settings.DeployAt} {_settings.Integrators[0]} {steps}");
        }
    }

    public override bool HigherIsBetter => false;

    public override string HorizonUnit => "integration steps";

    public override int TrainingCount => _training.Count;

    public override IReadOnlyDictionary<string, string> Identity => Sources;

    public override IReadOnlyList<FindingSection> Notes => _notes.Value;

    /// <summary>Of some hundreds of validation pairs, whose times are spread evenly.</summary>
    public override Func<Module, Tensor>? HeldOutLoss => model => Loss.MeanSquaredError(model.Forward(_heldOut.Value.Inputs), _heldOut.Value.Targets);

    /// <summary>Points and times; none of pictures, of which the last layer sees each patch by itself.</summary>
    public override Tensor? HeldOutInputs => _settings.ArePictures ? null : _heldOut.Value.Inputs;

    /// <summary>Points are perturbed; the time, which is given, stays.</summary>
    public override Func<Module, CancellationToken, double>? PerturbedLoss =>
        (model, _) => Loss.MeanSquaredError(model.Forward(_heldOut.Value.Perturbed), _heldOut.Value.Targets).ToDouble();

    /// <summary>What was read, and its hashes.</summary>
    internal IReadOnlyDictionary<string, string> Sources { get; init; } = new Dictionary<string, string>();

    /// <summary>What else there is to know of the figures.</summary>
    internal string About { get; init; } = "";

    /// <summary>The symmetric matrix that makes the covariance of x_t over noise and times, (I + C + m m^T / 4) / 3 with the examples' mean m and covariance C,
    /// the identity. The time is left as it is, and a picture keeps its places, which PCA would mix.</summary>
    public override InputTransform? CreateWhitening() => new(_whitening.Value.Mean, _whitening.Value.Matrix);

    /// <summary>Makes a mixer for pictures; for points a perceptron that is told the time, by default three hidden layers of 128 with SiLU.</summary>
    /// <exception cref="ConfigException">A perceptron was asked for, for pictures.</exception>
    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        if (_settings.ArePictures)
        {
            return model is null
                ? new FlowMixer(_settings.Mixer).Initialize(generator)
                : throw new ConfigException(
                    $"model: {FlowTask.TaskName} has a model of its own for pictures, a mixer; "
                    + "leave \"model\" out and choose task.features, task.layers and so on");
        }
        int inputs = _examples.Dimension + (2 * _settings.Frequencies);
        var perceptron = MlpFactory.Create(
            inputs, _examples.Dimension, model ?? new ModelConfig { Hidden = [128, 128, 128], Activation = "silu" }, generator);
        return new Sequential(("time", new TimeFeatures(_settings.Frequencies)), ("mlp", perceptron)).Initialize(generator);
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => LossOf(model, _training, indices);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        int[] all = [.. Enumerable.Range(0, _validation.Count)];
        double sum = 0;
        for (int start = 0; start < all.Length; start += ValidationBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var rows = all.AsSpan(start, Math.Min(ValidationBatch, all.Length - start));
            sum += LossOf(model, _validation, rows).ToDouble() * rows.Length;
        }
        return sum / all.Length;
    }

    /// <summary>Makes samples of the same noise for every model, by each integrator at each number of steps, and measures them.</summary>
    /// <returns>Scalars are the figures at the number of steps that judges, by the integrator that judges; <c>lost samples</c> is the share that went to
    /// infinity there, and <c>lost samples, most</c> the largest such share at any.</returns>
    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        var curves = new List<HorizonCurve>();
        var scalars = new Dictionary<string, double>();
        double[]? judged = null;
        GreyPicture? picture = null;
        double mostLost = 0;
        foreach (var integrator in _settings.Integrators)
        {
            var values = new double[_steps.Length][];
            for (int i = 0; i < _steps.Length; i++)
            {
                var samples = FlowSampler.Samples(model, _noise, _steps[i], integrator, cancellation);
                (values[i], int lost) = _judge.Of(samples, cancellation);
                double share = (double)lost / samples.Count;
                mostLost = Math.Max(mostLost, share);
                if (judged is not null || _steps[i] != _settings.DeployAt)
                    continue;
                judged = values[i];
                scalars["lost samples"] = share;
                string steps = _steps[i].ToString(CultureInfo.InvariantCulture);
                picture = _judge.Picture(samples, $"samples after {steps} steps of {integrator}, all models from the same noise");
            }
            curves.AddRange(_judge.Figures.Select((figure, index) => new HorizonCurve(
                $"{figure.Name}, {integrator}", [.. _steps.Select(steps => (double)steps)], [.. values.Select(at => at[index])], figure.LogScale)));
        }
        scalars["lost samples, most"] = mostLost;
        for (int index = 1; index < judged!.Length; index++)
            scalars[_judge.Figures[index].Name] = judged[index];
        return new Deployment(judged[0], curves, scalars) { Pictures = [picture!] };
    }

    private (Tensor Inputs, Tensor Perturbed, Tensor Targets) HeldOut(Philox noise)
    {
        using var quiet = NoGradient.Begin();
        int count = Math.Min(HeldOutPairs, _validation.Count), columns = _examples.Dimension + 1;
        var (inputs, targets) = _validation.Of([.. Enumerable.Range(0, count).Select(i => (int)((long)i * _validation.Count / count))]);
        var perturbed = InputNoise.Added(inputs, noise);
        var given = inputs.ReadOnlyValues<float>();
        var changed = perturbed.Values<float>();
        for (int row = 1; row <= count; row++)
            changed[(row * columns) - 1] = given[(row * columns) - 1];
        return (inputs.Keep(), perturbed, targets.Keep());
    }

    private static Tensor LossOf(Module model, FlowPairs pairs, ReadOnlySpan<int> indices)
    {
        var (inputs, targets) = pairs.Of(indices);
        return Loss.MeanSquaredError(model.Forward(inputs), targets);
    }

    private (Tensor Mean, Tensor Matrix) Whitening()
    {
        int dimension = _examples.Dimension;
        var fit = GaussianFit.Of(_examples.First(MostWhitened));
        var covariance = (Matrix<double>.Build.DenseIdentity(dimension) + fit.Covariance + (fit.Mean.OuterProduct(fit.Mean) / 4)) / 3;
        var eigen = covariance.Evd(Symmetricity.Symmetric);
        var scales = Matrix<double>.Build.DenseOfDiagonalVector(eigen.EigenValues.Map(value => 1 / Math.Sqrt(value.Real)));
        var whitening = eigen.EigenVectors * scales * eigen.EigenVectors.Transpose();
        float[] mean = new float[dimension + 1], matrix = new float[(dimension + 1) * (dimension + 1)];
        for (int row = 0; row < dimension; row++)
        {
            mean[row] = (float)(fit.Mean[row] / 2);
            for (int column = 0; column < dimension; column++)
                matrix[(row * (dimension + 1)) + column] = (float)whitening[row, column];
        }
        matrix[^1] = 1;
        using var suspended = NoGradient.Begin();
        return (Tensor.From(mean, [dimension + 1]).Keep(), Tensor.From(matrix, [dimension + 1, dimension + 1]).Keep());
    }

    /// <summary>The figures of sets that are known: what a perfect model would have, and where it begins.</summary>
    private FindingSection References(Philox generator)
    {
        var perfect = _settings.ArePictures ? _examples.First(_settings.Samples) : BoardJudge.Points(_settings.Samples, generator);
        (string Name, PointSet Points)[] sets = [(_settings.ArePictures ? "training pictures" : "points of the density", perfect), ("noise", _noise)];
        FindingCell[] Row(string name, PointSet points) =>
            [name, .. _judge.Of(points, CancellationToken.None).Values.Select(value => FindingCell.Of(value))];
        return new FindingSection("What the figures are for sets that are known", About)
        {
            Table = new FindingTable(["Set", .. _judge.Figures.Select(figure => figure.Name)], [.. sets.Select(set => Row(set.Name, set.Points))]),
        };
    }
}
