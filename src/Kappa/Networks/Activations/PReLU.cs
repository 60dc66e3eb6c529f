using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Activations;

/// <summary>x where it is positive and a x elsewhere, with a learned: parameter <c>weight</c>, <c>[1]</c> or one for each channel (He and others, 2015, arXiv
/// 1502.01852).</summary>
/// <remarks>Computed as max(x, 0) - a max(-x, 0), which is exact; the derivative at 0 is 0. a starts at 0.25, as in the paper.</remarks>
public sealed class PReLU : Module
{
    private readonly Tensor _weight;

    /// <summary>Makes the module.</summary>
    /// <param name="channels">1 for one slope, or the channels of the input <c>[batch, channels, ...]</c> for one each.</param>
    /// <param name="type">The element type.</param>
    public PReLU(int channels = 1, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        _weight = RegisterParameter("weight", Tensor.Full([channels], 0.25, type));
    }

    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">There are several slopes and the input has another number of channels.</exception>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var slopes = _weight;
        if (_weight.Count > 1)
        {
            if (input.Rank < 2 || input.Shape[1] != _weight.Count)
                throw new TensorShapeException($"PReLU: expected an input [batch, {_weight.Count}, ...]; got {input.Shape}");
            slopes = _weight.Reshape([_weight.Count, .. Enumerable.Repeat(1, input.Rank - 2)]);
        }

        return input.Relu() - ((-input).Relu() * slopes);
    }

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        using var start = Tensor.Full(_weight.Shape, 0.25, _weight.DataType, _weight.Device);
        _weight.CopyFromInPlace(start);
    }
}
