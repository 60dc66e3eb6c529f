using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>A figure that follows from a confusion matrix.</summary>
public abstract class ClassCounts : Metric
{
    private protected ClassCounts(int classes, Averaging averaging)
    {
        (Matrix, Averaging) = (new ConfusionMatrix(classes), averaging);
        if (averaging == Averaging.Binary && classes != 2)
            throw new ArgumentException($"Averaging.Binary is for 2 classes; got {classes}: use Macro, Weighted or Micro", nameof(averaging));
    }

    /// <summary>How the figures of the classes become one.</summary>
    public Averaging Averaging { get; }

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    private protected ConfusionMatrix Matrix { get; }

    private protected string Named(string name) => Averaging == Averaging.Binary ? name : $"{Averaging.ToString().ToLowerInvariant()} {name}";

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        long before = Matrix.Count;
        Matrix.Add(outputs, targets);
        return Matrix.Count - before;
    }

    /// <inheritdoc/>
    protected override void Clear() => Matrix.Reset();
}
