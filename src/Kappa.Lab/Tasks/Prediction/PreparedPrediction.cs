namespace Kappa.Lab.Tasks.Prediction;

/// <summary>Data that models are compared on.</summary>
internal sealed class PreparedPrediction : PreparedTask
{
    private readonly PredictionSettings _settings;
    private readonly TrainingData _data;
    private readonly (double Strength, TrainingData Data)[] _shifted;

    internal PreparedPrediction(PredictionSettings settings, TrainingData data)
    {
        (_settings, _data) = (settings, data);
        var metrics = data.AllMetrics();
        MetricName = settings.Metric.Length == 0 ? data.MetricName : settings.Metric;
        HigherIsBetter = metrics.FirstOrDefault(metric => metric.Name == MetricName)?.HigherIsBetter ?? throw new ConfigException(
            $"task.metric: there is no \"{MetricName}\"; expected {string.Join(", ", metrics.Select(metric => metric.Name).Distinct())}");
        _shifted = [.. settings.Strengths.Order().Select(
            strength => (strength, strength == 0 ? data : Shifted(data, settings, strength)))];
    }

    public override string MetricName { get; }

    public override bool HigherIsBetter { get; }

    public override string HorizonUnit => _settings.Unit(_settings.Data.Kind.Content);

    public override IReadOnlyDictionary<string, string> Identity =>
        new Dictionary<string, string> { [_settings.Data.Kind.PathOf(_settings.Data.Settings) ?? _settings.Data.Name] = _data.Fingerprint };

    public override int TrainingCount => _data.Training.Count;

    public override Module CreateModel(ModelConfig? model, Philox generator)
    {
        if (_settings.Network is not { } network)
            return MlpFactory.Create(_data.Training.InputShape.Count, _data.OutputSize, model ?? new ModelConfig(), generator);
        return model is null
            ? network.Kind.Create(network.Settings, _data.Training.InputShape, _data.OutputSize, generator)
            : throw new ConfigException($"model: it is an mlp, and task.network is {network.Name}; leave one of them out");
    }

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => _data.Loss(model, indices);

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step) => _data.Loss(model, indices, step);

    public override double ValidationLoss(Module model) => ValidationLoss(model, CancellationToken.None);

    public override double ValidationLoss(Module model, CancellationToken cancellation) =>
        _data.Evaluate(model, _settings.ValidationExamples, cancellation).Loss;

    public override Deployment Deploy(Module model, CancellationToken cancellation)
    {
        var evaluations = _shifted.Select(entry => (entry.Strength, Evaluation: entry.Data.Evaluate(model, 0, cancellation))).ToArray();
        var judged = evaluations.Single(entry => entry.Strength == _settings.DeployAt).Evaluation;
        if (!judged.Figures.ContainsKey(MetricName))
            throw new ConfigException($"task.metric: {MetricName} is undefined on these validation examples");
        string[] names = [MetricName, .. judged.Figures.Keys.Where(name => name != MetricName)];
        var curves = names.Where(name => evaluations.All(entry => entry.Evaluation.Figures.ContainsKey(name))).Select(name => new HorizonCurve(
            name, [.. evaluations.Select(entry => entry.Strength)], [.. evaluations.Select(entry => entry.Evaluation.Figures[name])]));
        return new Deployment(
            judged.Figures[MetricName], [.. curves],
            judged.Figures.Where(figure => figure.Key != MetricName).ToDictionary(figure => figure.Key, figure => figure.Value));
    }

    private static TrainingData Shifted(TrainingData data, PredictionSettings settings, double strength)
    {
        try
        {
            return data.Shifted(settings, strength, out _);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"task.columns: {error.Message}");
        }
    }
}
