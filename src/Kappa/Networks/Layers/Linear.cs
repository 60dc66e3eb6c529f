using Kappa.Networks.Initializers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>y = x W^T + b. Parameters <c>weight</c> <c>[out, in]</c> and <c>bias</c> <c>[out]</c>.</summary>
/// <remarks>By default both are uniform in +-1/sqrt(in), as in PyTorch; pass an initialiser to choose.</remarks>
public sealed class Linear : Module
{
    private readonly Initializer? _initializer;
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputSize">Features of the input, 1 or more.</param>
    /// <param name="outputSize">Features of the output, 1 or more.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">How to draw the weight; the bias then starts at zero. Null: the default above.</param>
    /// <param name="type">The element type.</param>
    public Linear(int inputSize, int outputSize, bool bias = true, Initializer? initializer = null, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputSize);
        InputSize = inputSize;
        OutputSize = outputSize;
        _initializer = initializer;
        _weight = RegisterParameter("weight", Tensor.Zeros([outputSize, inputSize], type));
        _bias = bias ? RegisterParameter("bias", Tensor.Zeros([outputSize], type)) : null;
    }

    /// <summary>Features of the input.</summary>
    public int InputSize { get; }

    /// <summary>Features of the output.</summary>
    public int OutputSize { get; }

    /// <summary>W, <c>[out, in]</c>. Asking for it counts as a use, so values written to it stay.</summary>
    public Tensor Weight
    {
        get
        {
            EnsureOwnInitialized();
            return _weight;
        }
    }

    /// <summary>b, <c>[out]</c>; null without bias. Asking for it counts as a use, so values written to it stay.</summary>
    public Tensor? Bias
    {
        get
        {
            EnsureOwnInitialized();
            return _bias;
        }
    }

    /// <summary>Applies the layer and an activation as one operation.</summary>
    internal Tensor ForwardFused(Tensor input, Activation activation)
    {
        if (input.Rank == 2)
            return input.Linear(_weight, _bias, activation);
        if (input.Rank == 0 || input.Shape[-1] != InputSize)
            throw new TensorShapeException($"Linear: expected an input [..., {InputSize}]; got {input.Shape}");
        var flat = input.Reshape([input.Count / InputSize, InputSize]);
        return flat.Linear(_weight, _bias, activation).Reshape(input.Shape.With(input.Rank - 1, OutputSize));
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input) => ForwardFused(input, Activation.Identity);

    /// <inheritdoc/>
    protected override void InitializeCore(Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (_initializer is not null)
        {
            _bias?.Clear();
            _initializer.Fill(_weight, generator.Split("weight"));
            return;
        }

        double bound = 1 / Math.Sqrt(InputSize);
        _weight.CopyFromInPlace(Tensor.Uniform(_weight.Shape, generator.Split("weight"), -bound, bound, _weight.DataType, _weight.Device));
        _bias?.CopyFromInPlace(Tensor.Uniform(_bias.Shape, generator.Split("bias"), -bound, bound, _bias.DataType, _bias.Device));
    }
}
