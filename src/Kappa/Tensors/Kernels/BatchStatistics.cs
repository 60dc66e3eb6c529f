namespace Kappa.Tensors.Kernels;

/// <summary>What a batch normalisation normalises by.</summary>
/// <param name="Mean">What x is shifted by, for each channel: <c>[channels]</c>, Float64.</param>
/// <param name="R">1 / sqrt(variance + epsilon) for each channel, as the mean.</param>
/// <param name="Epsilon">What was added to the variance.</param>
/// <param name="Share">1/n, with n the values of a channel; 0 where the statistics are given, and do not depend on x.</param>
/// <param name="OverPieces">What sums over all pieces of the batch; null where this is the whole batch.</param>
internal sealed record BatchStatistics(Tensor Mean, Tensor R, double Epsilon, double Share = 0, Action<double[]>? OverPieces = null)
{
    /// <summary>Those of a mean and a variance, in tensors of their own.</summary>
    internal static BatchStatistics Of(Tensor mean, Tensor variance, double epsilon)
    {
        var statistics = new BatchStatistics(mean.New(mean.Shape, DataType.Float64), mean.New(mean.Shape, DataType.Float64), epsilon);
        using var _ = Composed.Begin();
        statistics.Mean.CopyFromInPlace(mean.To(DataType.Float64));
        statistics.R.CopyFromInPlace((variance.To(DataType.Float64) + epsilon).Sqrt().Reciprocal());
        return statistics;
    }
}
