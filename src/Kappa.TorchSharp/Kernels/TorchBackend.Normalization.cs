using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using TorchSharp;

namespace Kappa.TorchSharp.Kernels;

/// <content>Normalisation of rows and of batches, in the type of the elements. First derivatives start from the input, as libtorch's do; second ones are those
/// of what a normalisation is made of.</content>
internal sealed partial class TorchBackend
{
    internal override void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics)
    {
        if (y.Count == 0)
            return;
        using var call = Call.Begin();
        var rows = Flat(x).view(-1, length);
        _ = Flat(y).view(-1, length).copy_(center ? Centred(rows, epsilon) : rows * Scale(rows, epsilon));
    }

    internal override void NormalizeDerivative(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor gradient, int length, Tensor result, bool accumulate)
    {
        if (result.Count == 0)
            return;
        using var call = Call.Begin();
        torch.Tensor rows = Flat(x).view(-1, length), from = Flat(gradient).view(-1, length);
        if (center)
        {
            Put(Derivative(leaf => Centred(leaf, epsilon), rows, from), Flat(result).view(-1, length), accumulate);
            return;
        }

        // libtorch's kernel for it is not among those that TorchSharp binds. y = r x: r (g - y mean(y g)).
        var r = Scale(rows, epsilon);
        var y = rows * r;
        Put((from - (y * (y * from).mean([1], keepdim: true))) * r, Flat(result).view(-1, length), accumulate);
    }

    internal override void NormalizeCurvature(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor tangent, Tensor gradient, int length, Tensor result)
    {
        using var y = x.New(x.Shape);
        base.Normalize(x, center, epsilon, length, y, statistics);
        base.NormalizeCurvature(center, epsilon, x, statistics, tangent, gradient, length, result);
    }

    internal override double BatchNorm(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces, Tensor mean, Tensor variance, Tensor y)
    {
        if (overPieces is not null || x.Count == 0)
            return base.BatchNorm(x, weight, bias, epsilon, overPieces, mean, variance, y);
        using var call = Call.Begin();
        double n = (double)x.Count / x.Shape[1];
        // Running statistics that take all of a batch are its own, the variance over n - 1.
        torch.Tensor batchMean = torch.zeros_like(OfChannels(x)), batchVariance = torch.zeros_like(batchMean);
        var made = torch.nn.functional.batch_norm(
            Images(x), batchMean, batchVariance, weight is null ? null : Flat(weight), bias is null ? null : Flat(bias), true, 1, epsilon);
        _ = Images(y).copy_(made);
        _ = Flat(mean).copy_(batchMean);
        _ = Flat(variance).copy_(batchVariance.to(torch.float64).mul_((n - 1) / n));
        return n;
    }

    internal override void BatchNormGradients(
        Tensor x, Tensor? weight, BatchStatistics statistics, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        if (statistics.OverPieces is not null || statistics.Share == 0 || x.Count == 0)
        {
            base.BatchNormGradients(x, weight, statistics, gradient, toX, toWeight, toBias);
            return;
        }

        using var call = Call.Begin();
        torch.Tensor[] leaves = [Images(x).detach(), weight is null ? torch.ones_like(OfChannels(x)) : Flat(weight).detach(), torch.zeros_like(OfChannels(x))];
        foreach (var leaf in leaves)
            _ = leaf.requires_grad_();
        IList<torch.Tensor> found;
        using (torch.enable_grad())
        {
            var made = torch.nn.functional.batch_norm(
                leaves[0], torch.zeros_like(OfChannels(x)), torch.zeros_like(OfChannels(x)), leaves[1], leaves[2], true, 0, statistics.Epsilon);
            found = torch.autograd.grad([made], leaves, [Images(gradient)], false, false, false);
        }

        foreach (var (target, share) in ((GradientTarget[])[toX, toWeight, toBias]).Zip(found))
        {
            if (target.Tensor is { } result)
                Put(share.reshape(-1), Flat(result), target.Accumulate);
        }
    }

    private static torch.Tensor Centred(torch.Tensor rows, double epsilon) =>
        torch.nn.functional.layer_norm(rows, [rows.shape[1]], null, null, epsilon);

    /// <summary>1 / sqrt(mean(x^2) + epsilon) for each row.</summary>
    private static torch.Tensor Scale(torch.Tensor rows, double epsilon) => rows.square().mean([1], keepdim: true).add_(epsilon).rsqrt_();

    /// <summary>[batch, channels, pixels].</summary>
    private static torch.Tensor Images(Tensor x) => Flat(x).view(x.Shape[0], x.Shape[1], -1);

    /// <summary>A tensor of the shape and type of what each channel has one of.</summary>
    private static torch.Tensor OfChannels(Tensor x) => Images(x).select(2, 0).select(0, 0);
}
