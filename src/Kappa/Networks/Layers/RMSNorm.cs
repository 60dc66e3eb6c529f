using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Networks.Layers;

/// <summary>x / sqrt(mean(x^2) + epsilon) over the last axis, times <c>weight</c> where it has one (Zhang and Sennrich, 2019, arXiv 1910.07467).</summary>
public sealed class RMSNorm : Module
{
    private readonly double _epsilon;
    private readonly Tensor? _weight;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">Features: the length of the last axis.</param>
    /// <param name="parameters">Whether there is a weight, ones at first.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="type">The element type.</param>
    public RMSNorm(int width, bool parameters = true, double epsilon = 1e-6, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Width = width;
        _epsilon = Operands.RequireEpsilon(epsilon, type, nameof(RMSNorm));
        _weight = parameters ? RegisterParameter("weight", Tensor.Ones([width], type)) : null;
    }

    /// <summary>Features.</summary>
    public int Width { get; }

    internal static void RequireWidth(Tensor input, int width, string name)
    {
        if (input.Rank == 0 || input.Shape[-1] != width)
            throw new TensorShapeException($"{name}: expected an input [..., {width}]; got {input.Shape}");
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        RequireWidth(input, Width, nameof(RMSNorm));
        var normal = input.RmsNorm(_epsilon);
        return _weight is null ? normal : normal * _weight;
    }

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        if (_weight is null)
            return;
        using var ones = Tensor.Ones(_weight.Shape, _weight.DataType, _weight.Device);
        _weight.CopyFromInPlace(ones);
    }
}
