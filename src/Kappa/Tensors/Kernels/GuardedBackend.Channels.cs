namespace Kappa.Tensors.Kernels;

/// <content>Channels, and normalisation by them.</content>
internal sealed partial class GuardedBackend
{
    internal override void ChannelSums(Tensor a, Tensor? shiftA, Tensor b, Tensor? shiftB, int batch, int channels, int pixels, Tensor sums)
    {
        Reads(a, (long)batch * channels * pixels);
        Reads(shiftA, channels);
        Reads(b, (long)batch * channels * pixels);
        Reads(shiftB, channels);
        Writes(sums, 2L * channels);
        kernels.ChannelSums(a, shiftA, b, shiftB, batch, channels, pixels, sums);
    }

    internal override void ChannelCombine(
        ReadOnlySpan<ChannelTerm> terms, Tensor offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
    {
        foreach (var term in terms)
        {
            Reads(term.Tensor, (long)batch * channels * pixels);
            Reads(term.Factors, channels);
            Reads(term.Shifts, channels);
        }

        Reads(offsets, channels);
        Writes(result, (long)batch * channels * pixels);
        kernels.ChannelCombine(terms, offsets, batch, channels, pixels, result, accumulate);
    }

    internal override double BatchNorm(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces, Tensor mean, Tensor variance, Tensor y)
    {
        Reads(x, y.Count);
        Reads(weight, x.Shape[1]);
        Reads(bias, x.Shape[1]);
        Writes(mean, x.Shape[1]);
        Writes(variance, x.Shape[1]);
        Writes(y, x.Count);
        return kernels.BatchNorm(x, weight, bias, epsilon, overPieces, mean, variance, y);
    }

    internal override void BatchNormGradients(
        Tensor x, Tensor? weight, BatchStatistics statistics, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        Reads(x, gradient.Count);
        Reads(weight, x.Shape[1]);
        Reads(statistics.Mean, x.Shape[1]);
        Reads(statistics.R, x.Shape[1]);
        Reads(gradient, x.Count);
        Writes(toX.Tensor, x.Count);
        Writes(toWeight.Tensor, x.Shape[1]);
        Writes(toBias.Tensor, x.Shape[1]);
        kernels.BatchNormGradients(x, weight, statistics, gradient, toX, toWeight, toBias);
    }
}
