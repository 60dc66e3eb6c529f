using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>
/// The residual block of ResNet-18: relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), where the shortcut is the identity, or a projection by a 1 x 1
/// convolution and a batch normalisation where the shape changes (He and others, 2016, arXiv 1512.03385, option B).
/// </summary>
/// <remarks>Modules <c>conv1</c>, <c>bn1</c>, <c>conv2</c>, <c>bn2</c> and <c>downsample.0</c>, <c>downsample.1</c>, as in torchvision.</remarks>
public sealed class BasicBlock : Module
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm2d _bn1, _bn2;
    private readonly Sequential? _downsample;

    /// <summary>Makes the block.</summary>
    /// <param name="inputChannels">Channels of the input.</param>
    /// <param name="outputChannels">Channels of the output.</param>
    /// <param name="stride">Of the first convolution and the projection.</param>
    /// <param name="type">The element type.</param>
    public BasicBlock(int inputChannels, int outputChannels, int stride = 1, DataType type = DataType.Float32)
    {
        var initializer = new KaimingFanOutInitializer();
        _conv1 = RegisterModule("conv1", new Conv2d(inputChannels, outputChannels, 3, stride, padding: 1, bias: false, initializer: initializer, type: type));
        _bn1 = RegisterModule("bn1", new BatchNorm2d(outputChannels, type: type));
        _conv2 = RegisterModule("conv2", new Conv2d(outputChannels, outputChannels, 3, padding: 1, bias: false, initializer: initializer, type: type));
        _bn2 = RegisterModule("bn2", new BatchNorm2d(outputChannels, type: type));
        if (stride != 1 || inputChannels != outputChannels)
        {
            _downsample = RegisterModule(
                "downsample",
                new Sequential(new Conv2d(inputChannels, outputChannels, 1, stride, bias: false, initializer: initializer, type: type),
                    new BatchNorm2d(outputChannels, type: type)));
        }
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        var inner = _bn1.Forward(_conv1.Forward(input)).Relu();
        inner = _bn2.Forward(_conv2.Forward(inner));
        return (inner + (_downsample is null ? input : _downsample.Forward(input))).Relu();
    }
}
