using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Networks;

/// <content>Losses of numbers that are predicted. Each is computed in double precision and rounded once, as are its derivatives.</content>
public static partial class Loss
{
    /// <summary>The mean of |prediction - target|.</summary>
    /// <inheritdoc cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>
    public static Tensor MeanAbsoluteError(Tensor prediction, Tensor target) => MeanAbsoluteError(prediction, target, null);

    /// <summary>The weighted mean of |prediction - target|: PyTorch's <c>L1Loss</c>. Its minimum is the median.</summary>
    /// <param name="prediction">Any shape, not empty.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="weights">w, constants of zero or more, of the same shape or of its leading axes, such as <c>[batch]</c>. Null: 1 for each. What weighs
    /// zero is not looked at, NaN or not.</param>
    /// <returns>A scalar, sum(w |prediction - target|) / sum(w).</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">A weight is negative or not finite, all are zero, or they require a gradient.</exception>
    /// <remarks>The derivative where both are the same is taken as 0.</remarks>
    public static Tensor MeanAbsoluteError(Tensor prediction, Tensor target, Tensor? weights)
    {
        LossChecks.RequireSame("MeanAbsoluteError", prediction, "prediction", target, "target");
        return LossChecks.WeightedMean("MeanAbsoluteError", LossFunction.AbsoluteError, weights, 0, 1, prediction, target);
    }

    /// <summary>Squares of errors up to 1, and lines beyond.</summary>
    /// <inheritdoc cref="Huber(Tensor, Tensor, double, Tensor)"/>
    public static Tensor Huber(Tensor prediction, Tensor target) => Huber(prediction, target, 1);

    /// <summary>Squares of small errors and lines for large ones, of which outliers have little effect (Huber, 1964): PyTorch's <c>HuberLoss</c>.</summary>
    /// <param name="prediction">Any shape, not empty.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="delta">The error, above zero and in the unit of the target, where the square becomes a line.</param>
    /// <param name="weights">As in <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <returns>A scalar, the weighted mean of d^2 / 2 for d = |prediction - target| up to delta, and of delta (d - delta / 2) beyond.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">delta, or a weight, is out of range.</exception>
    public static Tensor Huber(Tensor prediction, Tensor target, double delta, Tensor? weights = null)
    {
        _ = NumberChecks.Positive(delta, nameof(delta));
        LossChecks.RequireSame("Huber", prediction, "prediction", target, "target");
        return LossChecks.WeightedMean("Huber", LossFunction.Huber, weights, delta, 1, prediction, target);
    }

    /// <summary>Squares of errors up to 1, and lines beyond: at beta = 1 this is <see cref="Huber(Tensor, Tensor)"/>.</summary>
    /// <inheritdoc cref="SmoothL1(Tensor, Tensor, double, Tensor)"/>
    public static Tensor SmoothL1(Tensor prediction, Tensor target) => SmoothL1(prediction, target, 1);

    /// <summary><see cref="Huber(Tensor, Tensor, double, Tensor)"/> over beta, whose lines have slope 1 (Girshick, 2015, arXiv 1504.08083): PyTorch's
    /// <c>SmoothL1Loss</c>.</summary>
    /// <param name="prediction">Any shape, not empty.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="beta">The error, zero or more and in the unit of the target, where the square becomes a line; at 0 this is
    /// <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <param name="weights">As in <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <returns>A scalar, the weighted mean of d^2 / (2 beta) for d = |prediction - target| up to beta, and of d - beta / 2 beyond.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty.</exception>
    /// <exception cref="ArgumentException">beta, or a weight, is out of range.</exception>
    public static Tensor SmoothL1(Tensor prediction, Tensor target, double beta, Tensor? weights = null)
    {
        _ = NumberChecks.NotNegative(beta, nameof(beta));
        LossChecks.RequireSame("SmoothL1", prediction, "prediction", target, "target");
        return beta == 0
            ? LossChecks.WeightedMean("SmoothL1", LossFunction.AbsoluteError, weights, 0, 1, prediction, target)
            : LossChecks.WeightedMean("SmoothL1", LossFunction.Huber, weights, beta, beta, prediction, target);
    }

    /// <summary>The pinball loss, whose minimum is a quantile of the target (Koenker and Bassett, 1978, equation 3).</summary>
    /// <param name="prediction"><c>[batch, ..., quantiles]</c>: each quantile is predicted by one number.</param>
    /// <param name="target"><c>[batch, ...]</c>, or with a last axis of 1.</param>
    /// <param name="quantiles">q for each index of the last axis, between 0 and 1, such as 0.05, 0.5 and 0.95.</param>
    /// <param name="weights">w of <c>[batch]</c>, or more of the prediction's axes, as in <see cref="MeanAbsoluteError(Tensor, Tensor, Tensor)"/>.</param>
    /// <returns>A scalar, the weighted mean over all elements of q (target - prediction) where that is positive, and (1 - q)(prediction - target)
    /// elsewhere.</returns>
    /// <exception cref="TensorShapeException">Shapes or types do not fit, or are empty, or there is not one quantile for each prediction.</exception>
    /// <exception cref="ArgumentException">A quantile or a weight is out of range.</exception>
    public static Tensor Quantile(Tensor prediction, Tensor target, IReadOnlyList<double> quantiles, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(quantiles);
        Operands.RequireSameFloating(prediction, target, "Quantile");
        for (int i = 0; i < quantiles.Count; i++)
        {
            if (!(quantiles[i] is > 0 and < 1))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(quantiles), quantiles[i], $"Quantile: quantiles lie between 0 and 1; number {i} is {quantiles[i]}");
            }
        }

        if (prediction.Rank == 0 || prediction.Count == 0 || prediction.Shape[-1] != quantiles.Count)
        {
            throw new TensorShapeException(
                $"Quantile: expected a prediction [batch, ..., {quantiles.Count}], not empty, for {quantiles.Count} quantiles; got {prediction.Shape}");
        }

        var single = prediction.Shape.With(prediction.Rank - 1, 1);
        if (target.Shape != single && target.Shape != prediction.Shape.Without(prediction.Rank - 1))
            throw new TensorShapeException($"Quantile: expected a target {prediction.Shape.Without(prediction.Rank - 1)} or {single}; got {target.Shape}");
        double count = weights is null ? prediction.Count : LossChecks.RequireWeights("Quantile", weights, prediction);
        return ElementLossNode.Apply(new ElementLoss("Quantile", LossFunction.Quantile, prediction, target.Reshape(single).Expand(prediction.Shape))
        {
            Parameters = [.. quantiles], Weights = weights, Divisor = count,
        });
    }
}
