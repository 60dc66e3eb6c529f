using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Networks.Models;

/// <summary>
/// ResNet-18 for small images: a 3 x 3 stem without pooling, four stages of two <see cref="BasicBlock"/> with 64, 128, 256 and 512 channels, the later three at
/// half the resolution of the one before, global average pooling and a linear layer. <c>[batch, channels, height, width]</c> to <c>[batch, classes]</c>.
/// </summary>
/// <remarks>
/// He and others, 2016, arXiv 1512.03385; the stem is the one in common use for CIFAR-10. 11.2 million parameters and 1.1 GFLOP forward for a 32 x 32 image.
/// Modules <c>conv1</c>, <c>bn1</c>, <c>layer1.0</c> to <c>layer4.1</c> and <c>fc</c>, as in torchvision.
/// </remarks>
public sealed class ResNet18 : Module
{
    private readonly Conv2d _stem;
    private readonly BatchNorm2d _norm;
    private readonly Sequential[] _stages;
    private readonly Linear _head;

    /// <summary>Makes the network.</summary>
    /// <param name="inputChannels">Channels of the images: 3 for colour, 1 for grey.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="width">Channels of the first stage; each further stage has twice as many.</param>
    /// <param name="type">The element type.</param>
    public ResNet18(int inputChannels = 3, int classes = 10, int width = 64, DataType type = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        _stem = RegisterModule("conv1", new Conv2d(inputChannels, width, 3, padding: 1, bias: false, initializer: new KaimingFanOutInitializer(), type: type));
        _norm = RegisterModule("bn1", new BatchNorm2d(width, type: type));
        _stages = new Sequential[4];
        int channels = width;
        for (int stage = 0; stage < 4; stage++)
        {
            int outputs = width << stage;
            _stages[stage] = RegisterModule(
                $"layer{stage + 1}", new Sequential(new BasicBlock(channels, outputs, stage == 0 ? 1 : 2, type), new BasicBlock(outputs, outputs, 1, type)));
            channels = outputs;
        }

        _head = RegisterModule("fc", new Linear(channels, classes, type: type));
    }

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input)
    {
        var current = _norm.Forward(_stem.Forward(input)).Relu();
        foreach (var stage in _stages)
            current = stage.Forward(current);
        return _head.Forward(current.GlobalAvgPool2d());
    }
}
