using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>A figure of the probabilities that a classifier gives to the labels.</summary>
public abstract class LogLikelihood : Metric
{
    private readonly int? _ignoredLabel;
    private RunningSum _loss;

    private protected LogLikelihood(int? ignoredLabel) => _ignoredLabel = ignoredLabel;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    private protected double MeanLoss => _loss.Value / Count;

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        var scores = ClassScores.Of(Name, outputs, targets, _ignoredLabel);
        double[] logarithms = new double[scores.Classes];
        for (int row = 0; row < scores.Labels.Length; row++)
        {
            if (scores.IsIgnored(row))
                continue;
            scores.LogProbabilities(row, logarithms);
            _loss.Add(-logarithms[scores.Labels[row]]);
        }
        return scores.Rows;
    }

    /// <inheritdoc/>
    protected override void Clear() => _loss = default;
}
