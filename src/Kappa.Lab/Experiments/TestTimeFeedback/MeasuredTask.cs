namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>A task whose trained models are also measured by everything that may predict how they do when deployed.</summary>
/// <param name="task">The task.</param>
internal sealed class MeasuredTask(PreparedTask task) : PreparedTask
{
    public override string MetricName => task.MetricName;

    public override bool HigherIsBetter => task.HigherIsBetter;

    public override bool IsShare => task.IsShare;

    public override string HorizonUnit => task.HorizonUnit;

    public override int TrainingCount => task.TrainingCount;

    public override IReadOnlyDictionary<string, string> Identity => task.Identity;

    public override IReadOnlyList<FindingSection> Notes => task.Notes;

    public override InputTransform? CreateWhitening() => task.CreateWhitening();

    public override Module CreateModel(ModelConfig? model, Philox generator) => task.CreateModel(model, generator);

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices) => task.TrainingLoss(model, indices);

    public override Tensor TrainingLoss(Module model, ReadOnlySpan<int> indices, long step) => task.TrainingLoss(model, indices, step);

    public override double ValidationLoss(Module model) => task.ValidationLoss(model);

    public override double ValidationLoss(Module model, CancellationToken cancellation) => task.ValidationLoss(model, cancellation);

    public override Deployment Deploy(Module model, CancellationToken cancellation) => task.Deploy(model, cancellation);

    /// <summary>Every predictor but the validation loss; one that is undefined for the task, or is not finite for this model, is left out.</summary>
    public override IReadOnlyDictionary<string, double> HeldOutFigures(Module model, CancellationToken cancellation)
    {
        var figures = new Dictionary<string, double>();
        foreach (var (name, value) in HeldOutPredictors.Measure(task, model, cancellation))
        {
            if (value is { } number && double.IsFinite(number))
                figures[name] = number;
        }
        return figures;
    }
}
