namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>What one trained and deployed model did.</summary>
/// <param name="Candidate">Rate and weight decay.</param>
/// <param name="Seed">The seed of initialisation and data order.</param>
/// <param name="ValidationLoss">The loss on validation examples; null where the run diverged.</param>
/// <param name="Metric">The deployed metric; null where the run diverged.</param>
/// <param name="Seconds">Wall-clock time of training. Not part of what must repeat.</param>
/// <param name="Predictors">The measures that may rank models, by name; one that is missing is undefined.</param>
/// <param name="Curves">Figures against horizon.</param>
internal sealed record FeedbackRun(
    Candidate Candidate, long Seed, double? ValidationLoss, double? Metric, double Seconds, IReadOnlyDictionary<string, double> Predictors,
    IReadOnlyList<HorizonCurve> Curves)
{
    /// <summary>Further figures of the deployment, by name.</summary>
    public IReadOnlyDictionary<string, double> Scalars { get; init; } = new Dictionary<string, double>();

    internal bool Diverged => Metric is null;

    /// <summary>Trains and deploys a model, from its last checkpoint on where there is one. A method whose steps are measured comes with them.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    internal static FeedbackRun Do(
        FeedbackSettings settings, PreparedTask task, FeedbackMethod method, Candidate candidate, long seed, RunPart work, Action<double> report,
        CancellationToken cancellation)
    {
        var optimizer = method.With(candidate);
        var config = new ComparisonConfig
        {
            Name = method.Key, Task = settings.Task, Model = settings.Model, Optimizers = [optimizer], LearningRates = optimizer.LearningRates, Seeds = [seed],
            Steps = optimizer.Steps, BatchSize = settings.BatchSize, Schedule = settings.Schedule, CheckpointEvery = Math.Min(optimizer.Steps, 1000),
            EvaluateEvery = optimizer.Steps,
        };
        var trial = new Trial(optimizer, candidate.LearningRate, seed);
        var progress = new DirectProgress<TrialProgress>(standing => report((double)standing.Step / optimizer.Steps));
        var result = new TrialRunner(task, config, trial, new TrialFolder(work.Part("trial")), progress).Run(cancellation);
        var predictors = new Dictionary<string, double>();
        if (result.ValidationLoss is { } loss)
            predictors[HeldOutPredictors.ValidationLoss.Name] = loss;
        foreach (var predictor in HeldOutPredictors.All)
        {
            if (result.Scalars.TryGetValue(predictor.Name, out double value))
                predictors[predictor.Name] = value;
        }
        return new FeedbackRun(
            candidate, seed, result.ValidationLoss, result.Metric, result.SecondsPerStep * result.Steps, predictors, result.Curves)
        {
            Scalars = result.Scalars.Where(scalar => !predictors.ContainsKey(scalar.Key)).ToDictionary(),
        };
    }

    internal static FeedbackRun Read(JsonNode json) => json.Deserialize<FeedbackRun>(RunJson.Exact)!;

    internal JsonObject Written() => JsonSerializer.SerializeToNode(this, RunJson.Exact)!.AsObject();
}
