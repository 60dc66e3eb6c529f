using Kappa.Networks.Initializers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>y = x * W + b over images. Parameters <c>weight</c> <c>[out, in / groups, kernel, kernel]</c> and <c>bias</c> <c>[out]</c>.</summary>
/// <remarks>
/// By default both are uniform in +-1/sqrt(in / groups kernel^2), as in PyTorch; pass an initialiser to choose. Followed by an activation in a
/// <see cref="Sequential"/>, both run as one operation.
/// </remarks>
public sealed class Conv2d : Module
{
    private readonly Initializer? _initializer;
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputChannels">Channels of the input, 1 or more.</param>
    /// <param name="outputChannels">Channels of the output, 1 or more.</param>
    /// <param name="kernelSize">Side of the kernel in pixels, 1 or more.</param>
    /// <param name="stride">Pixels from one window to the next, 1 or more.</param>
    /// <param name="padding">Zeros around the image in pixels, 0 or more.</param>
    /// <param name="dilation">Pixels from one element of the kernel to the next, 1 or more.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="initializer">How to draw the weight; the bias then starts at zero. Null: the default above.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentException">The groups do not divide both counts of channels.</exception>
    public Conv2d(
        int inputChannels, int outputChannels, int kernelSize, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        Initializer? initializer = null, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dilation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        if (inputChannels % groups != 0 || outputChannels % groups != 0)
        {
            throw new ArgumentException(
                $"Conv2d: {groups} groups do not divide {inputChannels} input and {outputChannels} output channels evenly", nameof(groups));
        }

        (InputChannels, OutputChannels, KernelSize, Stride, Padding, Dilation, Groups) = (inputChannels, outputChannels, kernelSize, stride, padding,
            dilation, groups);
        _initializer = initializer;
        _weight = RegisterParameter("weight", Tensor.Zeros([outputChannels, inputChannels / groups, kernelSize, kernelSize], type));
        _bias = bias ? RegisterParameter("bias", Tensor.Zeros([outputChannels], type)) : null;
    }

    /// <summary>Channels of the input.</summary>
    public int InputChannels { get; }

    /// <summary>Channels of the output.</summary>
    public int OutputChannels { get; }

    /// <summary>Side of the kernel in pixels.</summary>
    public int KernelSize { get; }

    /// <summary>Pixels from one window to the next.</summary>
    public int Stride { get; }

    /// <summary>Zeros around the image, in pixels.</summary>
    public int Padding { get; }

    /// <summary>Pixels from one element of the kernel to the next.</summary>
    public int Dilation { get; }

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; }

    /// <summary>W, <c>[out, in / groups, kernel, kernel]</c>. Asking for it counts as a use, so values written to it stay.</summary>
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
    internal Tensor ForwardFused(Tensor input, Activation activation) =>
        input.Conv2d(_weight, _bias, Stride, Padding, Dilation, Groups, activation);

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

        double bound = 1 / Math.Sqrt((double)InputChannels / Groups * KernelSize * KernelSize);
        _weight.CopyFromInPlace(Tensor.Uniform(_weight.Shape, generator.Split("weight"), -bound, bound, _weight.DataType, _weight.Device));
        _bias?.CopyFromInPlace(Tensor.Uniform(_bias.Shape, generator.Split("bias"), -bound, bound, _bias.DataType, _bias.Device));
    }
}
