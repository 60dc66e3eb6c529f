using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>The expected calibration error (Naeini and others 2015; Guo and others 2017, equation 3): how far the probability of the likeliest class is
/// from the share that is right, over bins of equal width, weighed by their examples.</summary>
/// <remarks>Outputs are logits <c>[.., classes]</c>, or one for each target; targets int32. A confidence on the edge of two bins is in the lower
/// one.</remarks>
/// <param name="bins">Bins from 0 to 1, at least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">There is no bin.</exception>
public sealed class CalibrationError(int bins = 15) : Metric
{
    private readonly RunningSum[] _confidence =
        new RunningSum[bins >= 1 ? bins : throw new ArgumentOutOfRangeException(nameof(bins), bins, $"bins takes 1 or more; got {bins}")];
    private readonly long[] _right = new long[bins];

    /// <inheritdoc/>
    public override string Name => "calibration error";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        var scores = ClassScores.Of(Name, outputs, targets);
        double[] logarithms = new double[scores.Classes];
        for (int row = 0; row < scores.Labels.Length; row++)
        {
            int likeliest = scores.Likeliest(row);
            scores.LogProbabilities(row, logarithms);
            double confidence = Math.Exp(logarithms[likeliest]);
            int bin = Math.Clamp((int)Math.Ceiling(confidence * _right.Length) - 1, 0, _right.Length - 1);
            _confidence[bin].Add(confidence);
            _right[bin] += likeliest == scores.Labels[row] ? 1 : 0;
        }
        return scores.Rows;
    }

    /// <inheritdoc/>
    protected override double Compute() => _confidence.Zip(_right, (sum, right) => Math.Abs(sum.Value - right)).Sum() / Count;

    /// <inheritdoc/>
    protected override void Clear()
    {
        Array.Clear(_confidence);
        Array.Clear(_right);
    }
}
