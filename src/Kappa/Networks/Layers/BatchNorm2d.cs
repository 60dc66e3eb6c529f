using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Batch normalisation of <c>[batch, channels, height, width]</c>; see <see cref="BatchNorm"/>.</summary>
public sealed class BatchNorm2d : BatchNorm
{
    /// <summary>Makes the layer.</summary>
    /// <param name="channels">The channels of the input.</param>
    /// <param name="parameters">Whether there are a weight, ones at first, and a bias, zeros at first.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">How far a batch moves the running statistics, from 0 to 1.</param>
    /// <param name="type">The element type.</param>
    public BatchNorm2d(int channels, bool parameters = true, double epsilon = 1e-5, double momentum = 0.1, DataType type = DataType.Float32)
        : base(channels, parameters, epsilon, momentum, type)
    {
    }

    private protected override void RequireShape(Tensor input)
    {
        if (input.Rank != 4 || input.Shape[1] != Channels)
            throw new TensorShapeException($"BatchNorm2d: expected an input [batch, {Channels}, height, width]; got {input.Shape}");
    }
}
