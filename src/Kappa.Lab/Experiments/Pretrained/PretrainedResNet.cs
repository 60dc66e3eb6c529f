using Kappa.Onnx;

namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>ResNet-18 in its form for ImageNet, with a linear layer for other classes, and the weights of <see cref="DataCatalog.ResNet18"/>.</summary>
/// <remarks>He and others, 2016, arXiv 1512.03385; the file has a ninth block, a third one of 512 channels: 15.9 million parameters.
/// It is imported for pictures
/// of 224 x 224 alone, as it declares; its weights go into modules that take any size.</remarks>
internal static class PretrainedResNet
{
    internal const string First = "conv1";
    internal const string LastBlock = "block9";
    internal const string Head = "fc";

    /// <summary>Channels of the last stage.</summary>
    internal const int Features = 512;

    private const string File = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";

    // The convolution and the normalisation behind it, by the numbers in the file's names, whose bytes are pinned: of a normalisation Parameter n is the
    // factor, n + 1 the shift, Constant n + 2 the mean and n + 3 the variance.
    private static readonly (string Convolution, string Norm, int Weight, int Factor)[] Layers =
    [
        ("conv1", "bn1", 91, 96),
        ("block1.conv1", "block1.bn1", 86, 113), ("block1.conv2", "block1.bn2", 82, 127),
        ("block2.conv1", "block2.bn1", 77, 144), ("block2.conv2", "block2.bn2", 73, 158),
        ("block3.conv1", "block3.bn1", 68, 175), ("block3.conv2", "block3.bn2", 64, 189), ("block3.downsample.0", "block3.downsample.1", 199, 203),
        ("block4.conv1", "block4.bn1", 59, 220), ("block4.conv2", "block4.bn2", 55, 234),
        ("block5.conv1", "block5.bn1", 50, 251), ("block5.conv2", "block5.bn2", 46, 265), ("block5.downsample.0", "block5.downsample.1", 275, 279),
        ("block6.conv1", "block6.bn1", 41, 296), ("block6.conv2", "block6.bn2", 37, 310),
        ("block7.conv1", "block7.bn1", 32, 327), ("block7.conv2", "block7.bn2", 28, 341), ("block7.downsample.0", "block7.downsample.1", 351, 355),
        ("block8.conv1", "block8.bn1", 23, 372), ("block8.conv2", "block8.bn2", 19, 386),
        ("block9.conv1", "block9.bn1", 14, 403), ("block9.conv2", "block9.bn2", 10, 417),
    ];

    private static readonly Lazy<StateDict> LazyWeights = new(() => Read(DataCatalog.ResNet18.Locate()));

    /// <summary>The network as it is drawn at random.</summary>
    internal static Sequential Fresh(int classes, Philox generator)
    {
        var model = new Sequential(
            (First, new Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false, initializer: new KaimingFanOutInitializer())), ("bn1", new BatchNorm2d(64)),
            ("relu", new ReLU()), ("pool", new MaxPool2d(3, 2, 1)),
            ("block1", new BasicBlock(64, 64)), ("block2", new BasicBlock(64, 64)),
            ("block3", new BasicBlock(64, 128, 2)), ("block4", new BasicBlock(128, 128)),
            ("block5", new BasicBlock(128, 256, 2)), ("block6", new BasicBlock(256, 256)),
            ("block7", new BasicBlock(256, Features, 2)), ("block8", new BasicBlock(Features, Features)), (LastBlock, new BasicBlock(Features, Features)),
            ("average", new GlobalAvgPool2d()), (Head, new Linear(Features, classes)));
        _ = model.Initialize(generator);
        return model;
    }

    /// <summary>The network with the weights of the file, and a last layer that is drawn.</summary>
    /// <exception cref="FileNotFoundException">The package is not installed; the message names the command that installs it.</exception>
    internal static Sequential Trained(int classes, Philox generator)
    {
        var model = Fresh(classes, generator);
        model.LoadStateDict(LazyWeights.Value, strict: false);
        return model;
    }

    /// <summary>The modules before a part, and those from it on, as two networks that own them from here on.</summary>
    internal static (Sequential Body, Sequential Tail) SplitAt(Sequential model, string first)
    {
        var body = new Sequential([.. model.Children.TakeWhile(child => child.Name != first)]);
        return (body, new Sequential([.. model.Children.SkipWhile(child => child.Name != first)]));
    }

    /// <summary>The graph of the file as it is imported.</summary>
    /// <param name="folder">That of the package.</param>
    internal static OnnxModule Import(string folder)
    {
        // Its bytes are those that the table of names was made for.
        _ = DataCatalog.ResNet18.Read(folder, File);
        return OnnxModel.Import(Path.Combine(folder, File.Replace('/', Path.DirectorySeparatorChar)));
    }

    private static StateDict Read(string folder)
    {
        var file = Import(folder).StateDict();
        var weights = new StateDict();
        foreach (var (convolution, norm, weight, factor) in Layers)
        {
            weights.Add($"{convolution}.weight", file[$"Parameter{weight}"]);
            weights.Add($"{norm}.weight", file[$"Parameter{factor}"]);
            weights.Add($"{norm}.bias", file[$"Parameter{factor + 1}"]);
            weights.Add($"{norm}.running_mean", file[$"Constant{factor + 2}"]);
            weights.Add($"{norm}.running_var", file[$"Constant{factor + 3}"]);
        }
        return weights;
    }
}
