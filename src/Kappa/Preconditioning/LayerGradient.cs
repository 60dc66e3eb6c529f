using Kappa.Tensors;

namespace Kappa.Preconditioning;

/// <summary>The gradient of a layer's weight as a matrix, with that of its bias as the last column where it is included.</summary>
/// <param name="weight">The weight.</param>
/// <param name="bias">The bias; null where there is none, or it is not included.</param>
internal sealed class LayerGradient(Tensor weight, Tensor? bias)
{
    internal Tensor? Bias => bias;

    /// <summary>Columns of the weight as a matrix.</summary>
    internal int Inputs => weight.Count / weight.Shape[0];

    internal int Outputs => weight.Shape[0];

    /// <summary>The memory of the weight's gradient as a matrix, <c>[out, in]</c> or <c>[out, in kernel^2]</c>.</summary>
    internal Tensor Matrix(out bool hasShare) => weight.GradientDestination(out hasShare).Alias([weight.Shape[0], Inputs]);

    /// <summary>The memory of the bias's gradient.</summary>
    internal Tensor OfBias() => bias!.GradientDestination(out _);

    /// <summary>The gradient of the weight, with that of the bias as its last column where it is included.</summary>
    internal Tensor Whole(Tensor gradient) => bias is null ? gradient : Tensor.Concat(1, gradient, OfBias().Reshape([bias.Count, 1]));

    /// <summary>The inputs, with a last column of ones where the bias is included.</summary>
    internal Tensor Homogeneous(Tensor input) => bias is null ? input : Tensor.Concat(1, input, Tensor.Ones([input.Shape[0], 1], input.DataType));

    /// <summary>What did not come from this layer, in double precision. The gradient of the bias is whole already: the layer's share comes off it.</summary>
    internal Tensor OtherShare(Tensor gradient, Tensor outputGradient)
    {
        var share = gradient.To(DataType.Float64);
        if (bias is null)
            return share;
        var other = OfBias().To(DataType.Float64) - outputGradient.To(DataType.Float64).Sum(0);
        return Tensor.Concat(1, share, other.Reshape([bias.Count, 1]));
    }

    /// <summary>Hands M over as the gradient of the weight, and of the bias where it is included.</summary>
    internal void Write(Tensor whole, Tensor gradient)
    {
        var rounded = whole.DataType == gradient.DataType ? whole : whole.To(gradient.DataType);
        gradient.CopyFromInPlace(bias is null ? rounded : rounded.Slice(1, 0, gradient.Shape[1]));
        if (bias is not null)
            OfBias().CopyFromInPlace(rounded.Slice(1, gradient.Shape[1], 1).Reshape(bias.Shape));
    }
}
