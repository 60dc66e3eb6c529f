using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Batch normalisation of <c>[batch, features]</c> or <c>[batch, features, length]</c>; see <see cref="BatchNorm"/>.</summary>
public sealed class BatchNorm1d : BatchNorm
{
    /// <summary>Makes the layer.</summary>
    /// <param name="features">The features of the input.</param>
    /// <param name="parameters">Whether there are a weight, ones at first, and a bias, zeros at first.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">How far a batch moves the running statistics, from 0 to 1.</param>
    /// <param name="type">The element type.</param>
    public BatchNorm1d(int features, bool parameters = true, double epsilon = 1e-5, double momentum = 0.1, DataType type = DataType.Float32)
        : base(features, parameters, epsilon, momentum, type)
    {
    }

    private protected override void RequireShape(Tensor input)
    {
        if (input.Rank is not (2 or 3) || input.Shape[1] != Channels)
            throw new TensorShapeException($"BatchNorm1d: expected an input [batch, {Channels}] or [batch, {Channels}, length]; got {input.Shape}");
    }
}
