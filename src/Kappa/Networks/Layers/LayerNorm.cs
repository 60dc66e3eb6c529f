using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Networks.Layers;

/// <summary>(x - mean) / sqrt(variance + epsilon) over the last axis, times <c>weight</c> plus <c>bias</c> (Ba and others, 2016, arXiv 1607.06450).</summary>
public sealed class LayerNorm : Module
{
    private readonly double _epsilon;
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Features: the length of the last axis.</param>
    /// <param name="parameters">Whether there are a weight, ones at first, and a bias, zeros at first.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="type">The element type.</param>
    public LayerNorm(int width, bool parameters = true, double epsilon = 1e-5, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Width = width;
        _epsilon = Operands.RequireEpsilon(epsilon, type, nameof(LayerNorm));
        _weight = parameters ? RegisterParameter("weight", Tensor.Ones([width], type)) : null;
        _bias = parameters ? RegisterParameter("bias", Tensor.Zeros([width], type)) : null;
    }

    /// <summary>Features.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        RMSNorm.RequireWidth(input, Width, nameof(LayerNorm));
        var normal = input.LayerNorm(_epsilon);
        return _weight is null ? normal : (normal * _weight) + _bias!;
    }

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        if (_weight is null)
            return;
        using var ones = Tensor.Ones(_weight.Shape, _weight.DataType, _weight.Device);
        _weight.CopyFromInPlace(ones);
        _bias!.Clear();
    }
}
