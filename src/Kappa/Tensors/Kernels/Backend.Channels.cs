using Kappa.Tensors.Operations;

namespace Kappa.Tensors.Kernels;

/// <content>Sums over the channels of [batch, channels, pixels], combinations by channel, and batch normalisation, which is made of them. Numbers of a channel
/// are [channels] in Float64, on the device.</content>
internal abstract partial class Backend
{
    /// <summary>sums [2, channels] = for each channel, the sum of a - shiftA, and that of (a - shiftA)(b - shiftB). Shifts are zero where absent.</summary>
    internal virtual void ChannelSums(Tensor a, Tensor? shiftA, Tensor b, Tensor? shiftB, int batch, int channels, int pixels, Tensor sums)
    {
        using var _ = Composed.Begin();
        Shape shape = [batch, channels, pixels];
        var first = Shifted(Wide(a, shape), shiftA);
        var product = first * Shifted(Wide(b, shape), shiftB);
        Put(Tensor.Concat(0, first.Sum(2).Sum(0), product.Sum(2).Sum(0)), sums);
    }

    /// <summary>result = offset + the sum of up to four terms, each shift, factor and offset that of the channel, in double precision; adds when
    /// asked.</summary>
    internal virtual void ChannelCombine(
        ReadOnlySpan<ChannelTerm> terms, Tensor offsets, int batch, int channels, int pixels, Tensor result, bool accumulate)
    {
        using var _ = Composed.Begin();
        var sum = Column(offsets);
        if (accumulate)
            sum = Wide(result, [batch, channels, pixels]) + sum;
        foreach (var term in terms)
            sum += Shifted(Wide(term.Tensor, [batch, channels, pixels]), term.Shifts) * Column(term.Factors);
        Put(sum.To(result.DataType), result);
    }

    /// <summary>y = (x - mean) r weight + bias, with r = 1 / sqrt(variance + epsilon), for each channel of x [batch, channels, ...]. Mean and variance are
    /// those of the batch, which it gives as well.</summary>
    /// <param name="x">The input.</param>
    /// <param name="weight">The scale of each channel; null for 1.</param>
    /// <param name="bias">What is added to each; null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="overPieces">Replaces sums over the channels of this input by those over all pieces of the batch; null where it is the whole batch.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="variance">The variance over n.</param>
    /// <param name="y">The result.</param>
    /// <returns>n, the values of a channel.</returns>
    internal virtual double BatchNorm(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces, Tensor mean, Tensor variance, Tensor y)
    {
        using var _ = Composed.Begin();
        int channels = x.Shape[1], pixels = SliceNode.Inner(x.Shape, 1);
        double n = (double)x.Shape[0] * pixels;
        if (overPieces is null)
        {
            // Beside the first value, which is at most sqrt(n) deviations from the mean, so that what cancels is at most n times what is left.
            var first = x.New([channels]);
            CopyBlock(x, 0, pixels, first, 0, 1, channels, 1);
            first = Wide(first);
            var sums = SumsOf(x, first, x, first);
            var shift = sums.Entry(0) / n;
            Put(first + shift, mean);
            Put(((sums.Entry(1) / n) - (shift * shift)).Relu(), variance);
        }
        else
        {
            // The mean first, then the squares beside it: sums that add up over pieces.
            double[] sums = [.. SumsOf(x, null, x, null).Entry(0).ToArray<double>(), n];
            overPieces(sums);
            n = sums[^1];
            Put(Numbers(sums[..^1], [channels], x) / n, mean);
            double[] squares = SumsOf(x, mean, x, mean).Entry(1).ToArray<double>();
            overPieces(squares);
            Put(Numbers(squares, [channels], x) / n, variance);
        }

        var normalization = ChannelNormalization.Of(weight, bias, mean, variance, epsilon);
        ChannelCombine(
            [new(x, normalization.Factors, normalization.Shifts)], normalization.Offsets, x.Shape[0], channels, pixels, y, accumulate: false);
        return n;
    }

    /// <summary>The gradients of a batch normalisation at those of its inputs that have a target.</summary>
    internal virtual void BatchNormGradients(
        Tensor x, Tensor? weight, BatchStatistics statistics, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        using var _ = Composed.Begin();
        var (mean, r, share) = (statistics.Mean, statistics.R, statistics.Share);
        var sums = SumsOf(gradient, null, x, mean);
        PutWide(sums.Entry(0), toBias);
        PutWide(sums.Entry(1) * r, toWeight);
        if (toX.Tensor is null)
            return;
        if (statistics.OverPieces is { } overPieces)
        {
            double[] both = sums.ToArray<double>();
            overPieces(both);
            sums = Numbers(both, sums.Shape, x);
        }

        // weight r (g - mean(g) - xhat mean(g xhat)).
        var ofGradient = weight is null ? r : Wide(weight) * r;
        var ofX = -ofGradient * r * r * sums.Entry(1) * share;
        var offsets = ofGradient * sums.Entry(0) * -share;
        ChannelCombine(
            [new(gradient, ofGradient), new(x, ofX, mean)], offsets, x.Shape[0], x.Shape[1], SliceNode.Inner(x.Shape, 1), toX.Tensor, toX.Accumulate);
    }

    private Tensor SumsOf(Tensor a, Tensor? shiftA, Tensor b, Tensor? shiftB)
    {
        var sums = a.New([2, a.Shape[1]], DataType.Float64);
        ChannelSums(a, shiftA, b, shiftB, a.Shape[0], a.Shape[1], SliceNode.Inner(a.Shape, 1), sums);
        return sums;
    }

    /// <summary>Numbers in double precision, written to the target, or added to it, in its type.</summary>
    private void PutWide(Tensor made, GradientTarget target)
    {
        if (target.Tensor is { } result)
            Put((target.Accumulate ? made + Wide(result) : made).To(result.DataType), result);
    }

    private static Tensor Shifted(Tensor x, Tensor? shifts) => shifts is null ? x : x - Column(shifts);

    private static Tensor Column(Tensor numbers) => numbers.Alias([numbers.Count, 1]);
}
