namespace Kappa.Tensors;

/// <summary>A use of a weight in <c>y = x W^T</c>; its share of the gradient is E^T Z.</summary>
public sealed class LinearUse : WeightUse
{
    internal LinearUse(Tensor weight, Tensor input, Tensor outputGradient)
        : base(weight) => (Input, OutputGradient) = (input, outputGradient);

    /// <summary>Z: the rows that the weight multiplied, <c>[n, in]</c>.</summary>
    public Tensor Input { get; }

    /// <summary>E: the gradient at y, before the bias and any activation, <c>[n, out]</c>.</summary>
    public Tensor OutputGradient { get; }
}
