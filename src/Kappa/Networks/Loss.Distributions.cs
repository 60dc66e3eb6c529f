using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <content>Losses of distributions. Each is computed in double precision and rounded once, as are its derivatives.</content>
public static partial class Loss
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>The mean over the batch of the divergence of a prediction from a target, sum t (log t - log p).</summary>
    /// <inheritdoc cref="KullbackLeibler(Tensor, Tensor, Tensor)"/>
    public static Tensor KullbackLeibler(Tensor logProbabilities, Tensor targetProbabilities) => KullbackLeibler(logProbabilities, targetProbabilities, null);

    /// <summary>The weighted mean over the batch of the divergence of a prediction from a target, sum t (log t - log p): PyTorch's <c>KLDivLoss</c> with
    /// <c>batchmean</c>. Distillation is its main use.</summary>
    /// <param name="logProbabilities">log p, <c>[batch, ...]</c>, such as what <see cref="Tensor.LogSoftmax"/> gives.</param>
    /// <param name="targetProbabilities">t, the same shape and type, zero or more; where it is 0 so is its term.</param>
    /// <param name="weights">w, constants of zero or more, <c>[batch]</c>. Null: 1 for each.</param>
    /// <returns>A scalar, sum over examples of w times the sum of their terms, over sum(w).</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">A target is negative, or a weight is out of range; the message names its position.</exception>
    public static Tensor KullbackLeibler(Tensor logProbabilities, Tensor targetProbabilities, Tensor? weights)
    {
        const string Name = "KullbackLeibler";
        LossChecks.RequireSame(Name, logProbabilities, "logarithms of probabilities", targetProbabilities, "probabilities");
        if (logProbabilities.Rank == 0)
            throw new TensorShapeException($"{Name}: expected [batch, ...]; got {logProbabilities.Shape}");
        LossChecks.RequireBetween(Name, nameof(targetProbabilities), targetProbabilities, 0, double.PositiveInfinity);
        double inEach = logProbabilities.Count / logProbabilities.Shape[0];
        return LossChecks.WeightedMean(Name, LossFunction.KullbackLeibler, weights, 0, 1 / inEach, logProbabilities, targetProbabilities);
    }

    /// <summary>The mean of -log of the normal density: a prediction that says how sure it is (Nix and Weigend, 1994).</summary>
    /// <param name="mean">m, any shape, not empty.</param>
    /// <param name="logVariance">s, the logarithm of the variance, the same shape: any number, so that nothing has to be kept positive. From a variance v,
    /// pass <c>v.Log()</c>.</param>
    /// <param name="target">y, the same shape.</param>
    /// <param name="full">Whether the constant log(2 pi) / 2 is added, which no gradient depends on.</param>
    /// <param name="weights">As in <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <returns>A scalar, the weighted mean of (s + (m - y)^2 exp(-s)) / 2.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">A weight is out of range; the message names its position.</exception>
    /// <remarks>PyTorch's <c>GaussianNLLLoss</c> takes the variance, after the target, and cuts it off from below at 1e-6; here nothing is cut off.</remarks>
    public static Tensor GaussianNegativeLogLikelihood(Tensor mean, Tensor logVariance, Tensor target, bool full = false, Tensor? weights = null)
    {
        const string Name = "GaussianNegativeLogLikelihood";
        LossChecks.RequireSame(Name, mean, "mean", logVariance, "logarithm of the variance");
        LossChecks.RequireSame(Name, mean, "mean", target, "target");
        return LossChecks.WeightedMean(Name, LossFunction.GaussianLikelihood, weights, full ? HalfLogTwoPi : 0, 1, mean, logVariance, target);
    }
}
