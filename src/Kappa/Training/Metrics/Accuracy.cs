using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>The share of examples whose label is the likeliest class, or among the k likeliest.</summary>
/// <remarks>Outputs are <c>[.., classes]</c> and targets int32 <c>[..]</c>; or one output for each target, which stands for class 1 where it is above 0. Of
/// classes with equal outputs the first counts as likelier.</remarks>
/// <param name="k">How many of the likeliest classes count, at least 1.</param>
/// <param name="ignoredLabel">A label whose rows are left out, such as -100; null for none.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is below 1.</exception>
public sealed class Accuracy(int k = 1, int? ignoredLabel = null) : Metric
{
    private readonly int _k = k >= 1 ? k : throw new ArgumentOutOfRangeException(nameof(k), k, $"k takes 1 or more; got {k}");
    private long _right;

    /// <inheritdoc/>
    public override string Name => _k == 1 ? "accuracy" : $"top-{_k} accuracy";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        var scores = ClassScores.Of(Name, outputs, targets, ignoredLabel);
        for (int row = 0; row < scores.Labels.Length; row++)
        {
            if (!scores.IsIgnored(row))
                _right += (_k == 1 ? scores.Likeliest(row) == scores.Labels[row] : scores.Rank(row) < _k) ? 1 : 0;
        }
        return scores.Rows;
    }

    /// <inheritdoc/>
    protected override double Compute() => _right / (double)Count;

    /// <inheritdoc/>
    protected override void Clear() => _right = 0;
}
