namespace Kappa.Tensors.Kernels;

/// <summary>What a batch normalisation by given statistics does to a channel: (x - shift) factor + offset. All are <c>[channels]</c> in Float64, where the
/// layer is.</summary>
/// <param name="Factors">For each channel, its weight over the root of its variance.</param>
/// <param name="Shifts">For each channel, its mean.</param>
/// <param name="Offsets">For each channel, its bias.</param>
internal sealed record ChannelNormalization(Tensor Factors, Tensor Shifts, Tensor Offsets)
{
    /// <summary>That of a layer.</summary>
    internal static ChannelNormalization Of(Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double epsilon) =>
        Of(weight, bias, BatchStatistics.Of(mean, variance, epsilon));

    /// <inheritdoc cref="Of(Tensor?, Tensor?, Tensor, Tensor, double)"/>
    internal static ChannelNormalization Of(Tensor? weight, Tensor? bias, BatchStatistics statistics)
    {
        using var _ = NoGradient.Begin();
        return new(
            weight is null ? statistics.R : weight.To(DataType.Float64) * statistics.R, statistics.Mean,
            bias is null ? Tensor.Zeros(statistics.Mean.Shape, DataType.Float64, statistics.Mean.Device) : bias.To(DataType.Float64));
    }
}
