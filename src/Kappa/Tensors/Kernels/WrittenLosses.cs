namespace Kappa.Tensors.Kernels;

/// <summary>Losses of elements written out in operations, for devices that have no kernels for them.</summary>
internal static class WrittenLosses
{
    /// <summary>From here on log(1 + exp(x)) is x.</summary>
    private const double Far = 36;

    /// <summary>The weighted loss of each element.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="inputs">a, b and, where the function takes it, c, in double precision.</param>
    internal static Tensor Of(ElementLoss loss, Tensor[] inputs)
    {
        var (a, b) = (inputs[0], inputs[1]);
        var p = Tensor.From(loss.Parameters, loss.Parameters.Length == 1 ? [] : [loss.Parameters.Length]).To(a.Device);
        var value = loss.Function switch
        {
            LossFunction.BinaryCrossEntropy => BinaryCrossEntropy(a, b, p, loss.Smoothing),
            LossFunction.Huber => Huber(a - b, p),
            LossFunction.AbsoluteError => (a - b).Abs(),
            LossFunction.Hinge => (p - (a * b)).Relu(),
            LossFunction.Margin => (p + (a - b)).Relu(),
            LossFunction.KullbackLeibler => KullbackLeibler(a, b),
            LossFunction.GaussianLikelihood => ((b + ((a - inputs[2]) * (b * -0.5).Exp()).Square()) * 0.5) + p,
            _ => Quantile(b - a, p),
        };
        return loss.Weights is null ? value : Weighed(value, loss.Weights);
    }

    private static Tensor BinaryCrossEntropy(Tensor logits, Tensor targets, Tensor positive, double smoothing)
    {
        var target = (targets * (1 - smoothing)) + (smoothing / 2);
        return (positive * target * Softplus(-logits)) + ((-target + 1) * Softplus(logits));
    }

    /// <summary>log(1 + exp(x)) = -log(sigmoid(-x)).</summary>
    private static Tensor Softplus(Tensor x) => Tensor.Where(x.Greater(Far), x, -(-x).Sigmoid().Log());

    private static Tensor Huber(Tensor d, Tensor p) => Tensor.Where(
        d.Detach().Abs().LessEqual(p), d.Square() * 0.5, p * (d.Abs() - (p * 0.5)));

    private static Tensor KullbackLeibler(Tensor a, Tensor b)
    {
        var isZero = b.Detach().Equal(0);
        var zeros = Tensor.Zeros(b.Shape, b.DataType, b.Device);
        return Tensor.Where(isZero, zeros, b * (Tensor.Where(isZero, zeros + 1, b).Log() - a));
    }

    private static Tensor Quantile(Tensor d, Tensor p)
    {
        var zeros = Tensor.Zeros(d.Shape, d.DataType, d.Device);
        var slope = Tensor.Where(d.Detach().Greater(0), zeros + p, zeros + (p - 1));
        return Tensor.Where(d.Detach().Equal(0), zeros, slope) * d;
    }

    /// <summary>What weighs nothing is not looked at.</summary>
    private static Tensor Weighed(Tensor value, Tensor weights)
    {
        var shape = weights.Shape;
        for (int axis = shape.Rank; axis < value.Rank; axis++)
            shape = new Shape([.. shape.ToArray(), 1]);
        var wide = weights.To(DataType.Float64).Reshape(shape).Expand(value.Shape);
        return Tensor.Where(wide.Equal(0), Tensor.Zeros([], DataType.Float64, value.Device), wide * value);
    }
}
